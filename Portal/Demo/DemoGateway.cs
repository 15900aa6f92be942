using System.Text.Json.Serialization;
using Billing.Orders;
using Billing.Payments;
using Billing.Payments.Razorpay;
using Database;
using Microsoft.Extensions.Options;
using Portal.Identity;

namespace Portal.Demo;

/// <summary>Pays at the gateway's sandbox, as a customer would on its hosted page, and comes back.</summary>
internal sealed class DemoGateway(IServiceProvider services, Db db, TimeProvider clock, IOptions<RazorpayOptions> options) : IDisposable
{
    private readonly HttpClient http = new() { BaseAddress = new Uri(options.Value.BaseUrl), Timeout = TimeSpan.FromSeconds(30) };

    /// <summary>Whether the sandbox answers.</summary>
    internal async Task<bool> IsThere()
    {
        try
        {
            using var answer = await http.GetAsync(new Uri("/sandbox/knobs", UriKind.Relative));
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    /// <summary>Makes the order payable at the gateway, without paying.</summary>
    internal async Task<Checkout> Checkout(SignedIn who, SalesOrderId order)
    {
        // the gateway's first answer may take longer than a page would wait for it
        for (var tries = 0; tries < 10; tries++)
        {
            var start = await services.GetRequiredService<StartPayment>().Run(who.AccountId.Value, order, CancellationToken.None);
            if (start is PaymentStart.Ready ready) return ready.Checkout;
            if (start is not PaymentStart.Preparing) throw new InvalidOperationException($"The demo's order {order} cannot be paid: {start}.");
        }

        throw new InvalidOperationException($"The gateway gave no order for {order}.");
    }

    /// <summary>Pays; the money is settled when this returns.</summary>
    internal async Task Pay(SignedIn who, SalesOrderId order, Checkout checkout, string method)
    {
        var answer = await Attempt(checkout, new Wish(method, "captured", clock.GetUtcNow()));
        _ = await services.GetRequiredService<ReturnFromGateway>().Run(checkout.Intent.Id.Value, answer.PaymentId, answer.Signature)
            ?? throw new InvalidOperationException($"The sandbox's signature of {answer.PaymentId} does not hold; are the keys the same?");
        await Patience.Until(
            async () => (await Settlement.OfOrder(db, who.AccountId.Value, order)).Any(settled => settled.Id == answer.PaymentId),
            $"the settlement of {answer.PaymentId}");
    }

    /// <summary>Tries to pay, in vain.</summary>
    internal Task Fail(Checkout checkout) => Attempt(checkout, new Wish("netbanking", "failed", clock.GetUtcNow()));

    public void Dispose() => http.Dispose();

    private async Task<Answer> Attempt(Checkout checkout, Wish wish)
    {
        using var answer = await http.PostAsJsonAsync(new Uri($"/sandbox/pay/{checkout.GatewayOrderId}", UriKind.Relative), wish);
        answer.EnsureSuccessStatusCode();
        return await answer.Content.ReadFromJsonAsync<Answer>() ?? throw new InvalidOperationException("The sandbox gave no answer.");
    }

    private sealed record Wish(string Method, string Outcome, DateTimeOffset At);

    private sealed record Answer(
        [property: JsonPropertyName("razorpay_payment_id")] string PaymentId,
        [property: JsonPropertyName("razorpay_signature")] string Signature);
}
