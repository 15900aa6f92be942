using Microsoft.Extensions.Configuration;

namespace Billing.Payments.Sandbox;

/// <summary>
/// The sandbox's settings: keys as the portal has them in <c>Billing:Payments:Razorpay</c>, overridden and completed by
/// <c>Billing:Payments:Sandbox</c>.
/// </summary>
internal sealed record SandboxOptions
{
    public string KeyId { get; init; } = "rzp_test_sandbox00000001";

    public string KeySecret { get; init; } = "sandbox-key-secret-for-development";

    public string WebhookSecret { get; init; } = "sandbox-webhook-secret-for-development";

    /// <summary>Where events go, e.g. <c>http://localhost:5080/webhooks/razorpay</c>.</summary>
    public IList<string> WebhookUrls { get; init; } = [];

    /// <summary>Keeps orders, payments, refunds and undelivered events over a restart; nothing is kept when empty.</summary>
    public string? StateFile { get; init; }

    /// <summary>The first pause after a refused delivery; doubles up to a minute, for a day.</summary>
    public TimeSpan RetryPause { get; init; } = TimeSpan.FromSeconds(1);

    internal static SandboxOptions From(IConfiguration configuration)
    {
        var options = new SandboxOptions();
        configuration.GetSection(Razorpay.RazorpayOptions.Section).Bind(options);
        configuration.GetSection("Billing:Payments:Sandbox").Bind(options);
        return options;
    }
}

/// <summary>What goes wrong on purpose. A count says how many times; -1 always.</summary>
internal sealed record Knobs
{
    /// <summary>Each event is sent this many times.</summary>
    public int Copies { get; init; } = 1;

    /// <summary>Milliseconds before the first delivery of an event.</summary>
    public int DelayMs { get; init; }

    /// <summary>The events of one payment are sent last first.</summary>
    public bool Reorder { get; init; }

    /// <summary>The next events are never sent.</summary>
    public int Lose { get; init; }

    /// <summary>The next orders are refused with a server error before anything is made.</summary>
    public int FailOrders { get; init; }

    /// <summary>The next orders are made, but the answer is a server error.</summary>
    public int LoseOrderAnswers { get; init; }

    /// <summary>The next refunds are made, but the answer is a server error.</summary>
    public int LoseRefundAnswers { get; init; }

    /// <summary>Milliseconds before every REST answer.</summary>
    public int SlowMs { get; init; }

    /// <summary>Added to the amount of each payment (paise); may be negative.</summary>
    public long WrongAmount { get; init; }

    /// <summary>Each paid order is paid a second time by another payment.</summary>
    public bool CaptureTwice { get; init; }

    /// <summary>A payment that fails is captured after all.</summary>
    public bool CaptureAfterFailure { get; init; }

    /// <summary>Payments stay authorized until captured by a call.</summary>
    public bool HoldCapture { get; init; }

    /// <summary><c>processed</c>, <c>failed</c>, or <c>pending</c> until <c>POST /sandbox/refunds/{id}/{status}</c>.</summary>
    public string Refunds { get; init; } = "processed";
}
