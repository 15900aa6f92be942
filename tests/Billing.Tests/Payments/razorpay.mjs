// Runs the gateway's official package against the sandbox: node razorpay.mjs <node_modules> <sandbox> <key id> <key secret>
import { createRequire } from 'node:module';
import path from 'node:path';
import assert from 'node:assert/strict';

const [, , modules, address, key_id, key_secret] = process.argv;
const require = createRequire(path.join(path.resolve(modules), 'razorpay.cjs'));
const Razorpay = require('razorpay');
const { validatePaymentVerification, validateWebhookSignature } = require('razorpay/dist/utils/razorpay-utils');

const razorpay = new Razorpay({ key_id, key_secret });
razorpay.api.rq.defaults.baseURL = address;

const order = await razorpay.orders.create({ amount: 118000, currency: 'INR', receipt: 'npm-1', notes: { from: 'npm' } });
assert.match(order.id, /^order_[A-Za-z0-9]{14}$/);
assert.equal(order.status, 'created');
assert.deepEqual(order.notes, { from: 'npm' });
assert.deepEqual(await razorpay.orders.fetch(order.id), order);
const found = await razorpay.orders.all({ receipt: 'npm-1' });
assert.equal(found.entity, 'collection');
assert.deepEqual(found.items.map(one => one.id), [order.id]);

const paid = await (await fetch(`${address}/sandbox/pay/${order.id}`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' })).json();
assert.ok(validatePaymentVerification({ order_id: order.id, payment_id: paid.razorpay_payment_id }, paid.razorpay_signature, key_secret));
assert.ok(!validatePaymentVerification({ order_id: 'order_another0000000', payment_id: paid.razorpay_payment_id }, paid.razorpay_signature, key_secret));

const payment = await razorpay.payments.fetch(paid.razorpay_payment_id);
assert.equal(payment.status, 'captured');
assert.equal(payment.order_id, order.id);
assert.equal((await razorpay.orders.fetchPayments(order.id)).items[0].id, payment.id);
assert.equal((await razorpay.payments.all()).items[0].id, payment.id);

const refund = await razorpay.payments.refund(payment.id, { amount: 18000, speed: 'normal', receipt: 'npm-refund' });
assert.equal(refund.payment_id, payment.id);
assert.equal((await razorpay.refunds.fetch(refund.id)).id, refund.id);
assert.equal((await razorpay.payments.fetchMultipleRefund(payment.id, {})).items[0].id, refund.id);

const manual = await razorpay.orders.create({ amount: 50000, currency: 'INR', receipt: 'npm-2', payment: { capture: 'manual' } });
assert.deepEqual(manual.notes, []);
const held = await (await fetch(`${address}/sandbox/pay/${manual.id}`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' })).json();
assert.equal(held.status, 'authorized');
assert.equal((await razorpay.payments.capture(held.razorpay_payment_id, 50000, 'INR')).status, 'captured');

await assert.rejects(razorpay.orders.create({ amount: 10, currency: 'INR' }), refused =>
  refused.statusCode === 400 && refused.error.code === 'BAD_REQUEST_ERROR' && refused.error.field === 'amount');
await assert.rejects(razorpay.payments.fetch('pay_00000000000000'), refused => refused.statusCode === 400);
const stranger = new Razorpay({ key_id, key_secret: 'wrong' });
stranger.api.rq.defaults.baseURL = address;
await assert.rejects(stranger.orders.all(), refused => refused.statusCode === 401);

for (const event of await (await fetch(`${address}/sandbox/events`)).json())
  assert.equal(JSON.parse(event.body).event, event.event);
assert.ok(validateWebhookSignature('{"a":1,"b":2,"c":{"d":3}}', '2fe04e22977002e6c7cb553adab8b460cb9e2a4970d5953cb27a8472752e3bbc', '123456'));
console.log('ok');
