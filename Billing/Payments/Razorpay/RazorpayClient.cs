using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Options;

namespace Billing.Payments.Razorpay;

/// <summary>
/// The gateway's REST interface, the part this room uses. Creating an order has no idempotency at the gateway: after an unclear
/// answer look for the receipt first.
/// </summary>
internal sealed class RazorpayClient
{
    private const int LargestAnswer = 1 << 20;
    private readonly HttpClient http;

    public RazorpayClient(HttpClient http, IOptions<RazorpayOptions> settings)
    {
        var options = settings.Value;
        http.BaseAddress = new Uri(options.BaseUrl.TrimEnd('/') + "/v1/");
        http.Timeout = options.WorkWait;
        http.MaxResponseContentBufferSize = LargestAnswer;
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue(
            "Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{options.KeyId}:{options.KeySecret}")));
        http.DefaultRequestHeaders.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        this.http = http;
    }

    /// <summary>Creates an order; the receipt (at most 40 characters) is our intent's id. Captured by the gateway as soon as paid.</summary>
    internal Task<Answer<GatewayOrder>> CreateOrder(
        long amountPaise, string currency, string receipt, IReadOnlyDictionary<string, string> notes, CancellationToken cancelled) =>
        Send(
            HttpMethod.Post,
            "orders",
            new { amount = amountPaise, currency, receipt, notes, payment = new { capture = "automatic" } },
            GatewayJson.Order,
            order => GatewayId.IsOrder(order.Id),
            cancelled);

    internal Task<Answer<GatewayOrder>> Order(string orderId, CancellationToken cancelled) =>
        Send(HttpMethod.Get, $"orders/{Checked(orderId, GatewayId.IsOrder)}", null, GatewayJson.Order, order => order.Id == orderId, cancelled);

    /// <summary>The orders made with that receipt, oldest first.</summary>
    internal async Task<Answer<IReadOnlyList<GatewayOrder>>> OrdersWithReceipt(string receipt, CancellationToken cancelled)
    {
        var answer = await Send(
            HttpMethod.Get,
            $"orders?receipt={Uri.EscapeDataString(receipt)}&count=100",
            null,
            json => GatewayJson.Items(json, GatewayJson.Order),
            orders => orders.All(order => GatewayId.IsOrder(order.Id)),
            cancelled);
        // a gateway that does not know the filter answers with everything
        return answer is Answer<IReadOnlyList<GatewayOrder>>.Got got
            ? new Answer<IReadOnlyList<GatewayOrder>>.Got(
                [.. got.Value.Where(order => order.Receipt == receipt).OrderBy(order => order.CreatedAt).ThenBy(order => order.Id, StringComparer.Ordinal)])
            : answer;
    }

    internal Task<Answer<IReadOnlyList<Payment>>> PaymentsOf(string orderId, CancellationToken cancelled) =>
        Send(
            HttpMethod.Get,
            $"orders/{Checked(orderId, GatewayId.IsOrder)}/payments?count=100",
            null,
            json => GatewayJson.Items(json, GatewayJson.Payment),
            payments => payments.All(payment => GatewayId.IsPayment(payment.Id)),
            cancelled);

    internal Task<Answer<Payment>> Payment(string paymentId, CancellationToken cancelled) =>
        Send(
            HttpMethod.Get,
            $"payments/{Checked(paymentId, GatewayId.IsPayment)}",
            null,
            GatewayJson.Payment,
            payment => payment.Id == paymentId,
            cancelled);

    internal Task<Answer<Payment>> Capture(string paymentId, long amountPaise, string currency, CancellationToken cancelled) =>
        Send(
            HttpMethod.Post,
            $"payments/{Checked(paymentId, GatewayId.IsPayment)}/capture",
            new { amount = amountPaise, currency },
            GatewayJson.Payment,
            payment => payment.Id == paymentId,
            cancelled);

    /// <summary>Gives money back. The key (our refund's id) makes the gateway answer a second call with the first refund.</summary>
    internal Task<Answer<GatewayRefund>> Refund(string paymentId, long amountPaise, string key, CancellationToken cancelled) =>
        Send(
            HttpMethod.Post,
            $"payments/{Checked(paymentId, GatewayId.IsPayment)}/refund",
            new { amount = amountPaise, speed = "normal", receipt = key },
            GatewayJson.Refund,
            refund => GatewayId.IsRefund(refund.Id) && refund.PaymentId == paymentId,
            cancelled,
            key);

    internal Task<Answer<GatewayRefund>> ReadRefund(string refundId, CancellationToken cancelled) =>
        Send(
            HttpMethod.Get,
            $"refunds/{Checked(refundId, GatewayId.IsRefund)}",
            null,
            GatewayJson.Refund,
            refund => refund.Id == refundId,
            cancelled);

    private async Task<Answer<T>> Send<T>(
        HttpMethod method,
        string path,
        object? body,
        Func<JsonElement, T> read,
        Func<T, bool> makesSense,
        CancellationToken cancelled,
        string? refundKey = null)
    {
        try
        {
            using var request = new HttpRequestMessage(method, path);
            if (body is not null) request.Content = JsonContent.Create(body);
            if (refundKey is not null) request.Headers.Add("X-Refund-Idempotency", refundKey);
            using var response = await http.SendAsync(request, cancelled);
            var bytes = await response.Content.ReadAsByteArrayAsync(cancelled);
            using var json = JsonDocument.Parse(bytes);
            if (response.StatusCode is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden)
                return new Answer<T>.Unclear($"The gateway refuses our key; check {RazorpayOptions.Section}:KeyId and KeySecret.");
            if (Certain(response.StatusCode)) return new Answer<T>.Refused(GatewayJson.Error((int)response.StatusCode, json.RootElement));
            if (!response.IsSuccessStatusCode) return new Answer<T>.Unclear($"The gateway answered {(int)response.StatusCode}.");
            var value = read(json.RootElement);
            return makesSense(value)
                ? new Answer<T>.Got(value)
                : new Answer<T>.Unclear("The gateway's answer does not fit the question.");
        }
        catch (HttpRequestException trouble)
        {
            return new Answer<T>.Unclear($"The gateway could not be reached: {trouble.HttpRequestError}.");
        }
        catch (JsonException)
        {
            return new Answer<T>.Unclear("The gateway's answer is no JSON.");
        }
        catch (OperationCanceledException) when (!cancelled.IsCancellationRequested)
        {
            return new Answer<T>.Unclear($"The gateway did not answer in {http.Timeout.TotalSeconds:0} s.");
        }
    }

    // 409: the same refund is running; 429: too many calls; 408 and 5xx: nothing is known
    private static bool Certain(HttpStatusCode status) =>
        (int)status is >= 400 and < 500 and not 408 and not 409 and not 429;

    private static string Checked(string id, Func<string?, bool> isOne) =>
        isOne(id) ? id : throw new ArgumentException($"'{id}' is no id of the gateway.", nameof(id));
}
