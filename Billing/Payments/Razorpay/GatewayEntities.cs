using System.Text.RegularExpressions;

namespace Billing.Payments.Razorpay;

/// <summary>An order as the gateway keeps it. Amounts in the smallest unit (paise).</summary>
internal sealed record GatewayOrder
{
    public required string Id { get; init; }
    public long Amount { get; init; }
    public long AmountPaid { get; init; }
    public string Currency { get; init; } = "";
    public string? Receipt { get; init; }

    /// <summary><c>created</c>, <c>attempted</c> or <c>paid</c>.</summary>
    public string Status { get; init; } = "";
    public DateTimeOffset CreatedAt { get; init; }
}

/// <summary>A payment as the gateway keeps it. Amounts in the smallest unit (paise); the fee includes its tax.</summary>
internal sealed record Payment
{
    public required string Id { get; init; }
    public string? OrderId { get; init; }
    public long Amount { get; init; }
    public long AmountRefunded { get; init; }
    public string Currency { get; init; } = "";

    /// <summary><c>created</c>, <c>authorized</c>, <c>captured</c>, <c>refunded</c> or <c>failed</c>.</summary>
    public string Status { get; init; } = "";
    public bool Captured { get; init; }
    public string Method { get; init; } = "";
    public long? Fee { get; init; }
    public long? Tax { get; init; }
    public string? ErrorDescription { get; init; }
    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>The money has come: a refunded payment was captured before.</summary>
    public bool HasMoney => Captured || Status is "captured" or "refunded";
}

/// <summary>A refund as the gateway keeps it. Amount in the smallest unit (paise).</summary>
internal sealed record GatewayRefund
{
    public required string Id { get; init; }
    public string PaymentId { get; init; } = "";
    public long Amount { get; init; }
    public string Currency { get; init; } = "";
    public string? Receipt { get; init; }

    /// <summary><c>pending</c>, <c>processed</c> or <c>failed</c>.</summary>
    public string Status { get; init; } = "";
}

/// <summary>What the gateway says when it refuses.</summary>
internal sealed record GatewayError(int Status, string Code, string Description, string? Field = null, string? Reason = null);

/// <summary>How a call to the gateway ended.</summary>
internal abstract record Answer<T>
{
    private Answer()
    {
    }

    /// <summary>The gateway did it.</summary>
    internal sealed record Got(T Value) : Answer<T>;

    /// <summary>The gateway refused; asking the same again gives the same.</summary>
    internal sealed record Refused(GatewayError Error) : Answer<T>;

    /// <summary>Nobody knows whether the gateway did it: no answer, or one that says nothing. Ask before doing it again.</summary>
    internal sealed record Unclear(string Trouble) : Answer<T>;
}

/// <summary>The gateway's ids: prefix and alphanumerics, case-sensitive. Checked before they become part of an address.</summary>
internal static partial class GatewayId
{
    internal const int Longest = 40;

    internal static bool IsOrder(string? text) => text is not null && Order().IsMatch(text);

    internal static bool IsPayment(string? text) => text is not null && Pay().IsMatch(text);

    internal static bool IsRefund(string? text) => text is not null && Refund().IsMatch(text);

    [GeneratedRegex(@"\Aorder_[A-Za-z0-9]{8,30}\z")]
    private static partial Regex Order();

    [GeneratedRegex(@"\Apay_[A-Za-z0-9]{8,30}\z")]
    private static partial Regex Pay();

    [GeneratedRegex(@"\Arfnd_[A-Za-z0-9]{8,30}\z")]
    private static partial Regex Refund();
}
