// openid-client from npm, unchanged, as an application that people and machines sign in to: node openid-client.mjs <story> <settings as JSON>
// Says "open <address>" where a person has to look at a page, and "ok" at the end.
import assert from 'node:assert/strict';
import http from 'node:http';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { webcrypto } from 'node:crypto';

// Debian's Node 18 has them, but not where browsers do
globalThis.crypto ??= webcrypto;
globalThis.CryptoKey ??= webcrypto.CryptoKey;

const [, , story, json] = process.argv;
const { modules, issuer, id, secret, privateKey, redirect, scope, resource, push } = JSON.parse(json);
const client = await import(pathToFileURL(path.join(modules, 'openid-client', 'build', 'index.js')));

const key = privateKey && await crypto.subtle.importKey('jwk', privateKey, { name: 'ECDSA', namedCurve: 'P-256' }, false, ['sign']);
const authentication = key ? client.PrivateKeyJwt(key) : secret ? client.ClientSecretBasic(secret) : client.None();
const config = await client.discovery(new URL(issuer), id, undefined, authentication, { execute: [client.allowInsecureRequests] });

// What a person does in a browser, until it comes back to this program's address.
async function person(build) {
  const verifier = client.randomPKCECodeVerifier();
  const [state, nonce] = [client.randomState(), client.randomNonce()];
  const parameters = {
    redirect_uri: redirect, scope, state, nonce, code_challenge_method: 'S256',
    code_challenge: await client.calculatePKCECodeChallenge(verifier),
  };
  const address = await build(parameters);
  const back = await cameBack(() => console.log(`open ${address}`));
  return { back, checks: { pkceCodeVerifier: verifier, expectedState: state, expectedNonce: nonce, idTokenExpected: true } };
}

function cameBack(listening) {
  const own = new URL(redirect);
  return new Promise(resolve => {
    const server = http.createServer((request, response) => {
      const address = new URL(request.url, own);
      if (address.pathname !== own.pathname) { response.writeHead(404).end(); return; }
      response.writeHead(200, { 'content-type': 'text/html', connection: 'close' }).end('<h1>You can close this page</h1>');
      server.close(() => resolve(address));
    }).listen(Number(own.port), own.hostname, listening);
  });
}

const refused = (code, promise) => assert.rejects(promise, trouble => trouble.error === code || trouble.cause?.error === code);

async function signIn(options) {
  const build = push ? client.buildAuthorizationUrlWithPAR : client.buildAuthorizationUrl;
  const { back, checks } = await person(parameters => build(config, parameters));
  return client.authorizationCodeGrant(config, back, checks, undefined, options);
}

const stories = {
  // authorization code with PKCE, userinfo, rotation of the refresh token and the end of the family when one comes twice
  async code() {
    client.enableNonRepudiationChecks(config);
    const tokens = await signIn();
    const claims = tokens.claims();
    assert.equal(claims.iss, issuer);
    assert.deepEqual([claims.aud].flat(), [id]);
    assert.ok(claims.auth_time <= claims.iat);
    const info = await client.fetchUserInfo(config, tokens.access_token, claims.sub);
    assert.match(info.email, /@/);
    assert.equal(info.email_verified, true);
    const second = await client.refreshTokenGrant(config, tokens.refresh_token);
    assert.notEqual(second.refresh_token, tokens.refresh_token);
    await refused('invalid_grant', client.refreshTokenGrant(config, tokens.refresh_token));
    await refused('invalid_grant', client.refreshTokenGrant(config, second.refresh_token));
    await assert.rejects(client.fetchUserInfo(config, second.access_token, claims.sub));
  },

  async pushed() {
    assert.equal(push, true);
    const tokens = await signIn();
    await client.fetchUserInfo(config, tokens.access_token, tokens.claims().sub);
  },

  async service() {
    const tokens = await client.clientCredentialsGrant(config, { scope });
    assert.equal(tokens.token_type, 'bearer');
    assert.equal(tokens.refresh_token, undefined);
    const answer = await client.fetchProtectedResource(config, tokens.access_token, new URL(resource), 'GET');
    assert.equal(answer.status, 200);
    await refused('invalid_scope', client.clientCredentialsGrant(config, { scope: 'openid' }));
  },

  async device() {
    const asked = await client.initiateDeviceAuthorization(config, { scope });
    assert.ok(asked.interval >= 1 && asked.user_code && asked.verification_uri);
    console.log(`open ${asked.verification_uri_complete}`);
    const tokens = await client.pollDeviceAuthorizationGrant(config, asked, undefined, { signal: AbortSignal.timeout(60_000) });
    const info = await client.fetchUserInfo(config, tokens.access_token, client.skipSubjectCheck);
    assert.match(info.email, /@/);
  },

  async dpop() {
    const keys = await client.randomDPoPKeyPair('ES256');
    const DPoP = client.getDPoPHandle(config, keys);
    const tokens = await signIn({ DPoP });
    assert.equal(tokens.token_type, 'dpop');
    const sub = tokens.claims().sub;
    await client.fetchUserInfo(config, tokens.access_token, sub, { DPoP });
    await assert.rejects(client.fetchUserInfo(config, tokens.access_token, sub));
    const other = client.getDPoPHandle(config, await client.randomDPoPKeyPair('ES256'));
    await assert.rejects(client.fetchUserInfo(config, tokens.access_token, sub, { DPoP: other }));
    const next = await client.refreshTokenGrant(config, tokens.refresh_token, undefined, { DPoP });
    assert.equal(next.token_type, 'dpop');
  },

  async revocation() {
    const tokens = await signIn();
    const before = await client.tokenIntrospection(config, tokens.access_token);
    assert.equal(before.active, true);
    assert.equal(before.client_id, id);
    assert.equal(before.sub, tokens.claims().sub);
    await client.tokenRevocation(config, tokens.refresh_token);
    assert.equal((await client.tokenIntrospection(config, tokens.access_token)).active, false);
    await refused('invalid_grant', client.refreshTokenGrant(config, tokens.refresh_token));
    await client.tokenRevocation(config, 'never-issued');
  },

  async logout() {
    const tokens = await signIn();
    const address = client.buildEndSessionUrl(config, {
      id_token_hint: tokens.id_token, post_logout_redirect_uri: redirect, state: 'bye',
    });
    const back = await cameBack(() => console.log(`open ${address}`));
    assert.equal(back.searchParams.get('state'), 'bye');
    assert.equal(back.searchParams.get('code'), null);
    await assert.rejects(client.fetchUserInfo(config, tokens.access_token, tokens.claims().sub));
  },
};

await stories[story]();
console.log('ok');
