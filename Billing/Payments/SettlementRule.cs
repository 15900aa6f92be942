using Billing.Orders;

namespace Billing.Payments;

/// <summary>Where money goes that does not become an invoice.</summary>
public enum MoneyGoes
{
    /// <summary>Credit of the customer, with a receipt voucher.</summary>
    Wallet,

    /// <summary>Back to where it came from.</summary>
    Refund,
}

/// <summary>How captured payments are settled. Section <c>Billing:Payments</c>.</summary>
public sealed record PaymentOptions
{
    /// <summary>How often the gateway is asked about payments that no event told of.</summary>
    public TimeSpan PollEvery { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>More than the order's total.</summary>
    public MoneyGoes Overpaid { get; init; } = MoneyGoes.Wallet;

    /// <summary>Less than the order's total, or partly given back before it was settled.</summary>
    public MoneyGoes Underpaid { get; init; } = MoneyGoes.Refund;

    /// <summary>A second payment of a paid order.</summary>
    public MoneyGoes PaidTwice { get; init; } = MoneyGoes.Wallet;

    /// <summary>Captured after the order expired or was called off.</summary>
    public MoneyGoes Late { get; init; } = MoneyGoes.Wallet;

    /// <summary>None was left when the money came.</summary>
    public MoneyGoes SoldOut { get; init; } = MoneyGoes.Wallet;
}

/// <summary>How a payment is settled, and the reason as kept with it.</summary>
internal abstract record Decision(string Reason)
{
    internal sealed record Invoice() : Decision("matched");

    internal sealed record Wallet(string Reason) : Decision(Reason);

    internal sealed record Refund(string Reason) : Decision(Reason);

    /// <summary>The gateway has given all of it back already.</summary>
    internal sealed record Nothing() : Decision("refunded_at_gateway");
}

/// <summary>What the order says when the payment asks for it.</summary>
internal enum OrderAnswer
{
    /// <summary>It waited for this payment and is paid by it; everything ordered is in stock.</summary>
    Taken,

    /// <summary>It waited, but something is sold out.</summary>
    SoldOut,

    /// <summary>Another payment was there before.</summary>
    AlreadyPaid,

    /// <summary>Expired or called off.</summary>
    TooLate,
}

/// <summary>The decision table of the room's README: first the money, then the order.</summary>
internal static class SettlementRule
{
    /// <summary>What the money alone decides; null when it is exactly what the order asks for.</summary>
    /// <param name="wantedPaise">The intent's amount.</param>
    /// <param name="wantedCurrency">The intent's currency.</param>
    /// <param name="paidPaise">What was captured, less what the gateway has given back.</param>
    /// <param name="paidCurrency">Its currency.</param>
    /// <param name="options">Where odd money goes.</param>
    internal static Decision? OfMoney(long wantedPaise, string wantedCurrency, long paidPaise, string paidCurrency, PaymentOptions options)
    {
        if (paidPaise <= 0) return new Decision.Nothing();
        // credit and vouchers are in the order's currency: other money can only go back
        if (paidCurrency != wantedCurrency) return new Decision.Refund("wrong_currency");
        if (paidPaise > wantedPaise) return To(options.Overpaid, "overpaid");
        return paidPaise < wantedPaise ? To(options.Underpaid, "underpaid") : null;
    }

    /// <summary>What the order decides about the exact amount.</summary>
    internal static Decision OfOrder(OrderAnswer answer, PaymentOptions options) => answer switch
    {
        OrderAnswer.Taken => new Decision.Invoice(),
        OrderAnswer.SoldOut => To(options.SoldOut, "sold_out"),
        OrderAnswer.AlreadyPaid => To(options.PaidTwice, "paid_twice"),
        OrderAnswer.TooLate => To(options.Late, "late"),
        _ => throw new ArgumentOutOfRangeException(nameof(answer), answer, null),
    };

    internal static OrderAnswer OfState(string state) => state switch
    {
        SalesOrder.Paid or SalesOrder.Undeliverable => OrderAnswer.AlreadyPaid,
        SalesOrder.Expired or SalesOrder.Cancelled => OrderAnswer.TooLate,
        _ => throw new InvalidOperationException($"An order in the state '{state}' has not said no."),
    };

    /// <summary>The reason in the customer's words.</summary>
    internal static string Words(string reason) => reason switch
    {
        "overpaid" => "The payment was higher than the order's total.",
        "underpaid" => "The payment was lower than the order's total.",
        "wrong_currency" => "The payment was in another currency than the order.",
        "paid_twice" => "The order had already been paid.",
        "late" => "The payment arrived after the order had expired.",
        "sold_out" => "What was ordered was sold out when the payment arrived.",
        "refund_failed" => "The bank did not take the refund back.",
        _ => "The payment did not fit the order.",
    };

    private static Decision To(MoneyGoes where, string reason) => where switch
    {
        MoneyGoes.Wallet => new Decision.Wallet(reason),
        MoneyGoes.Refund => new Decision.Refund(reason),
        _ => throw new ArgumentOutOfRangeException(nameof(where), where, null),
    };
}
