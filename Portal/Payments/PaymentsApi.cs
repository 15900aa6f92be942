using Billing.Orders;
using Billing.Payments;
using Database;
using Microsoft.AspNetCore.Http.HttpResults;
using Portal.Access;
using Portal.Api;
using Portal.Identity;
using Portal.Identity.Factors;

namespace Portal.Payments;

/// <summary>What a program posts to the gateway's hosted checkout as a form, with amount and currency.</summary>
/// <param name="Address">Where the form goes.</param>
/// <param name="KeyId">The field <c>key_id</c>.</param>
/// <param name="OrderId">The field <c>order_id</c>: the gateway's order.</param>
/// <param name="CallbackUrl">The field <c>callback_url</c>: where the gateway reports back to.</param>
internal sealed record ApiCheckout(string Address, string KeyId, string OrderId, string CallbackUrl);

/// <summary>Money that was received and did not pay the order, or did.</summary>
/// <param name="Became"><c>invoice</c>, <c>wallet</c> (the customer's credit) or <c>refund</c>.</param>
/// <param name="Reason"><c>matched</c>, or why it did not pay the order.</param>
/// <param name="DocumentId">The invoice or the receipt voucher.</param>
internal sealed record ApiSettlement(
    string GatewayPaymentId, long AmountPaise, string Currency, string Method, string Became, string Reason, string? DocumentId, DateTimeOffset PaidAt);

/// <summary>The payment of an order.</summary>
internal sealed record ApiPayment
{
    public required string OrderId { get; init; }

    /// <summary>
    /// <c>preparing</c> (the gateway has not answered yet), <c>open</c>, <c>paid</c>, <c>cancelled</c> or <c>expired</c>.
    /// </summary>
    public required string State { get; init; }

    /// <summary>To pay, with GST, whole paise.</summary>
    public required long AmountPaise { get; init; }

    public required string Currency { get; init; }

    /// <summary>The page of this portal on which a person pays.</summary>
    public required string Page { get; init; }

    /// <summary>The gateway's hosted checkout; null unless it is open.</summary>
    public required ApiCheckout? Checkout { get; init; }

    /// <summary>Why the last attempt failed, in the gateway's words.</summary>
    public required string? LastFailure { get; init; }

    /// <summary>What became of the money that was received, oldest first.</summary>
    public required IReadOnlyList<ApiSettlement> Settlements { get; init; }
}

/// <summary>An order paid with credit.</summary>
internal sealed record ApiWalletPayment(string OrderId, string InvoiceId, string InvoiceNumber, long TotalPaise, string Currency, DateTimeOffset? PromisedAt);

/// <summary>Paying an order in <c>/api/v1</c>.</summary>
internal static class PaymentsApi
{
    internal static void Map(IEndpointRouteBuilder routes)
    {
        var orders = routes.Api().MapGroup("/orders/{id}").WithTags("Payments");
        orders.MapPost("/payment", Start).FreshFactor().Needs(Permissions.BillingPay, "id").Creates()
            .WithSummary("Makes the order payable at the gateway; 202 while the gateway has not answered, then look with GET.")
            .WithDescription("409 billing.orders.not_payable (with state) when it does not wait for a payment.");
        orders.MapGet("/payment", Show).Needs(Permissions.BillingPay, "id").WithSummary("The payment of the order and what became of the money; 404 billing.payments.not_started before it was started.");
        orders.MapPost("/wallet-payment", PayWithCredit).FreshFactor().Needs(Permissions.BillingPay, "id").Creates().WithSummary("Pays the whole order with the account's credit.")
            .WithDescription("409 billing.orders.credit_too_low (with balancePaise and totalPaise), billing.orders.sold_out or billing.orders.not_payable.");
    }

    private static async Task<Results<Ok<ApiPayment>, Accepted<ApiPayment>, ProblemHttpResult>> Start(
        string id, HttpContext context, Db db, StartPayment startPayment, PublicAddress address)
    {
        var account = context.SignedIn().AccountId.ToString();
        if (!Id.TryParse<SalesOrderId>(id, out var known)) return NoOrder();
        switch (await startPayment.Run(account, known, context.RequestAborted))
        {
            case PaymentStart.Ready ready:
                return TypedResults.Ok(await Shown(db, account, address, ready.Order, ready.Checkout.Intent, ready.Checkout));
            case PaymentStart.Preparing preparing:
                var intent = (await PaymentIntent.Newest(db, account, known))!;
                return TypedResults.Accepted($"/api/v1/orders/{known}/payment", await Shown(db, account, address, preparing.Order, intent, null));
            case PaymentStart.NothingToPay over:
                return NotPayable(over.Order.State);
            default:
                return NoOrder();
        }
    }

    private static async Task<Results<Ok<ApiPayment>, ProblemHttpResult>> Show(
        string id, HttpContext context, Db db, StartPayment startPayment, PublicAddress address)
    {
        var account = context.SignedIn().AccountId.ToString();
        if (!Id.TryParse<SalesOrderId>(id, out var known) || await SalesOrder.Find(db, account, known) is not { } order) return NoOrder();
        if (await PaymentIntent.Newest(db, account, known) is not { } intent)
            return ApiProblem.NotFound("billing.payments.not_started", "The payment was not started yet; POST to this address.");
        var ready = intent.ClosedAt is null ? await startPayment.Run(account, known, context.RequestAborted) as PaymentStart.Ready : null;
        return TypedResults.Ok(await Shown(db, account, address, order, ready?.Checkout.Intent ?? intent, ready?.Checkout));
    }

    private static async Task<Results<Created<ApiWalletPayment>, ProblemHttpResult>> PayWithCredit(
        string id, HttpContext context, Db db, PayFromWallet payFromWallet, TimeProvider clock)
    {
        if (!Id.TryParse<SalesOrderId>(id, out var known)) return NoOrder();
        var (outcome, beyond) = await PayWithinLimit.Run(context, db, payFromWallet, known, clock.GetUtcNow());
        if (beyond is not null) return ApiProblem.Of(StatusCodes.Status403Forbidden, BeyondLimit.Code, beyond.Message);
        return outcome switch
        {
            WalletPaymentOutcome.Paid paid => TypedResults.Created(
                $"/api/v1/invoices/{paid.Invoice.Id}",
                new ApiWalletPayment(
                    known.Value, paid.Invoice.Id.Value, paid.Invoice.Number, paid.Invoice.Total.Paise, paid.Invoice.Total.Currency, paid.PromisedAt)),
            WalletPaymentOutcome.NotEnough tooLittle => Conflict(
                "billing.orders.credit_too_low",
                $"The credit of {tooLittle.Balance.Show()} does not cover {tooLittle.Total.Show()}. Nothing was taken from it.",
                ("balancePaise", tooLittle.Balance.Paise), ("totalPaise", tooLittle.Total.Paise)),
            WalletPaymentOutcome.SoldOut sold => Conflict(
                "billing.orders.sold_out", $"None of {sold.ItemCode} is left in {sold.Region}; the order is cancelled and nothing was taken from the credit.",
                ("item", sold.ItemCode), ("region", sold.Region)),
            WalletPaymentOutcome.NotPayable not => NotPayable(not.State),
            WalletPaymentOutcome.UnknownOrder => NoOrder(),
            var other => throw new InvalidOperationException($"Paying with credit ended as {other}, which nobody answers."),
        };
    }

    private static async Task<ApiPayment> Shown(
        Db db, string account, PublicAddress address, SalesOrder order, PaymentIntent intent, Checkout? checkout) => new()
        {
            OrderId = order.Id.Value,
            State = order.State == SalesOrder.Paid ? PaymentIntent.Paid : intent.State,
            AmountPaise = intent.AmountPaise,
            Currency = intent.Currency,
            Page = address.Of($"/pay/{order.Id}"),
            Checkout = checkout is null ? null : new ApiCheckout(
            checkout.Address.ToString(), checkout.KeyId, checkout.GatewayOrderId, address.Of($"/pay/return?intent={intent.Id}")),
            LastFailure = intent.LastFailure,
            Settlements = [.. (await Settlement.OfOrder(db, account, order.Id)).Select(Settled)],
        };

    private static ApiSettlement Settled(Settlement one) => new(
        one.Id, one.AmountPaise, one.Currency, one.Method, one.Kind, one.Reason, one.DocumentId, one.PaidAt);

    private static ProblemHttpResult NoOrder() => ApiProblem.NotFound("billing.orders.no_order", "This account has no such order.");

    private static ProblemHttpResult NotPayable(string state) => Conflict(
        "billing.orders.not_payable", $"The order does not wait for a payment: its state is {state}.", ("state", state));

    private static ProblemHttpResult Conflict(string code, string detail, params (string Name, object Value)[] more) => ApiProblem.Of(
        StatusCodes.Status409Conflict, code, detail, more.ToDictionary(member => member.Name, member => (object?)member.Value, StringComparer.Ordinal));
}
