using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Billing.Payments.Razorpay;

/// <summary>How the gateway is reached. Section <c>Billing:Payments:Razorpay</c>.</summary>
public sealed record RazorpayOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Billing:Payments:Razorpay";

    /// <summary>Where the REST interface is, without <c>/v1</c>.</summary>
    public string BaseUrl { get; init; } = "https://api.razorpay.com";

    /// <summary>Where the browser posts the hosted checkout form to.</summary>
    public string CheckoutUrl { get; init; } = "https://api.razorpay.com/v1/checkout/embedded";

    /// <summary><c>rzp_live_…</c>, or <c>rzp_test_…</c> outside production.</summary>
    public string KeyId { get; init; } = "";

    /// <summary>The secret that belongs to <see cref="KeyId"/>; also signs what the checkout sends back.</summary>
    public string KeySecret { get; init; } = "";

    /// <summary>Signs webhooks; set beside the webhook's address in the gateway's dashboard.</summary>
    public string WebhookSecret { get; init; } = "";

    /// <summary>The secret before the last change: retries of old events carry the old signature for 24 hours.</summary>
    public string? PreviousWebhookSecret { get; init; }

    /// <summary>The provider's name on the hosted checkout.</summary>
    public string DisplayName { get; init; } = "Hosting";

    /// <summary>How long a page waits for the gateway before it says "preparing payment".</summary>
    public TimeSpan PageWait { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long background work waits for one answer.</summary>
    public TimeSpan WorkWait { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>The origin the pay page's form goes to, for the content security policy.</summary>
    public string CheckoutOrigin => new Uri(CheckoutUrl).GetLeftPart(UriPartial.Authority);
}

internal sealed class RazorpayOptionsCheck(IHostEnvironment environment) : IValidateOptions<RazorpayOptions>
{
    public ValidateOptionsResult Validate(string? name, RazorpayOptions options)
    {
        var wrong = Wrong(options).Select(text => $"{RazorpayOptions.Section}:{text}").ToList();
        return wrong.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(wrong);
    }

    private IEnumerable<string> Wrong(RazorpayOptions options)
    {
        var addresses = new[] { ("BaseUrl", options.BaseUrl), ("CheckoutUrl", options.CheckoutUrl) };
        foreach (var (field, text) in addresses)
        {
            if (!Uri.TryCreate(text, UriKind.Absolute, out var address) || address.Scheme is not ("http" or "https"))
                yield return $"{field} '{text}' is no web address; set https://api.razorpay.com (CheckoutUrl ends with /v1/checkout/embedded).";
            else if (environment.IsProduction() && (address.Scheme != "https" || !IsRazorpay(address.Host)))
                yield return $"{field} '{text}' is not Razorpay itself, which production refuses; remove the setting, or do not run as Production.";
        }

        if (options.KeyId.Length == 0)
            yield return "KeyId is empty; copy it from the gateway's dashboard (Account & Settings, API keys).";
        else if (!options.KeyId.StartsWith("rzp_", StringComparison.Ordinal))
            yield return "KeyId does not start with 'rzp_'; copy the key id, not the secret.";
        else if (environment.IsProduction() && options.KeyId.StartsWith("rzp_test_", StringComparison.Ordinal))
            yield return "KeyId is a test key, which production refuses; make a live key in the gateway's dashboard.";
        if (options.KeySecret.Length == 0)
            yield return "KeySecret is empty; set it through the environment (Billing__Payments__Razorpay__KeySecret) or a secret file.";
        if (options.WebhookSecret.Length < 12)
            yield return "WebhookSecret has fewer than 12 characters; choose a long one and set the same at the webhook in the gateway's dashboard.";
        if (options.WebhookSecret.Length > 0 && options.WebhookSecret == options.KeySecret)
            yield return "WebhookSecret equals KeySecret; the two sign different things, choose another.";
        if (options.PageWait <= TimeSpan.Zero || options.PageWait > TimeSpan.FromSeconds(10))
            yield return "PageWait is not between 0 and 10 seconds; set 00:00:05.";
        if (options.WorkWait < TimeSpan.FromSeconds(1)) yield return "WorkWait is below a second; set 00:00:20.";
    }

    private static bool IsRazorpay(string host) =>
        host == "razorpay.com" || host.EndsWith(".razorpay.com", StringComparison.Ordinal);
}
