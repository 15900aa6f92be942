using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Billing.Payments.Razorpay;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Billing.Payments.Sandbox;

/// <summary>The gateway's REST interface under <c>/v1</c>: basic authentication, entities, errors as the real one words them.</summary>
internal sealed class SandboxRest(
    SandboxOptions options, SandboxBook book, SandboxPayments payments, SandboxRefunds refunds, TimeProvider clock)
{
    private const int MostNotes = 15;
    private const int LongestReceipt = 40;
    private const int LargestBody = 64 * 1024;

    internal void Map(IEndpointRouteBuilder routes)
    {
        var v1 = routes.MapGroup("/v1").AddEndpointFilter(async (context, next) => await Allowed(context.HttpContext) ?? await next(context));
        v1.MapPost("/orders", CreateOrder);
        v1.MapGet("/orders", Orders);
        v1.MapGet("/orders/{id}", (string id) => Found(pages => pages.Orders, id, order => order.Json()));
        v1.MapGet("/orders/{id}/payments", PaymentsOf);
        v1.MapGet("/payments", (HttpRequest request) =>
            SandboxJson.Collection(Newest(pages => pages.Payments.Values, one => one.CreatedAt).Select(one => one.Json()), request));
        v1.MapGet("/payments/{id}", (string id) => Found(pages => pages.Payments, id, payment => payment.Json()));
        v1.MapPost("/payments/{id}/capture", Capture);
        v1.MapPost("/payments/{id}/refund", Refund);
        v1.MapGet("/payments/{id}/refunds", (string id, HttpRequest request) => SandboxJson.Collection(
            Newest(pages => pages.Refunds.Values, one => one.CreatedAt).Where(one => one.PaymentId == id).Select(one => one.Json()), request));
        v1.MapGet("/payments/{payment}/refunds/{id}", (string id) => Found(pages => pages.Refunds, id, refund => refund.Json()));
        v1.MapGet("/refunds", (HttpRequest request) =>
            SandboxJson.Collection(Newest(pages => pages.Refunds.Values, one => one.CreatedAt).Select(one => one.Json()), request));
        v1.MapGet("/refunds/{id}", (string id) => Found(pages => pages.Refunds, id, refund => refund.Json()));
        v1.MapFallback(() => SandboxJson.Error("The requested URL was not found on the server.", status: 404));
    }

    private async Task<IResult?> Allowed(HttpContext context)
    {
        var slow = book.Read(pages => pages.Knobs.SlowMs);
        if (slow > 0) await Task.Delay(TimeSpan.FromMilliseconds(slow), clock, context.RequestAborted);
        var right = Encoding.UTF8.GetBytes($"Basic {Convert.ToBase64String(Encoding.UTF8.GetBytes($"{options.KeyId}:{options.KeySecret}"))}");
        var given = Encoding.UTF8.GetBytes(context.Request.Headers.Authorization.ToString());
        return CryptographicOperations.FixedTimeEquals(given, right) ? null : SandboxJson.Error("Authentication failed", status: 401);
    }

    private async Task<IResult> CreateOrder(HttpRequest request)
    {
        if (await Body(request) is not { } json) return SandboxJson.Error("The request body is not valid JSON");
        if (GatewayJson.Number(json, "amount") is not { } amount) return SandboxJson.Error("The amount field is required.", "amount");
        if (amount < 100) return SandboxJson.Error("Order amount less than minimum amount allowed", "amount");
        if (GatewayJson.Text(json, "currency") is not { Length: 3 } currency) return SandboxJson.Error("The currency field is required.", "currency");
        var receipt = GatewayJson.Text(json, "receipt");
        if (receipt?.Length > LongestReceipt) return SandboxJson.Error("The receipt may not be greater than 40 characters.", "receipt");
        if (Notes(json) is not { } notes) return SandboxJson.Error("Number of fields in notes should be less than or equal to 15", "notes");
        if (book.Take(knobs => knobs.FailOrders, (knobs, left) => knobs with { FailOrders = left })) return Broken();
        var captures = json.TryGetProperty("payment", out var payment) ? GatewayJson.Text(payment, "capture") != "manual" : true;
        var order = book.Change(pages =>
        {
            var made = new SandboxOrder
            {
                Id = SandboxBook.NewId("order"),
                Amount = amount,
                Currency = currency,
                Receipt = receipt,
                Notes = notes,
                AutoCapture = captures,
                CreatedAt = clock.GetUtcNow().ToUnixTimeSeconds(),
            };
            return pages.Orders[made.Id] = made;
        });
        return book.Take(knobs => knobs.LoseOrderAnswers, (knobs, left) => knobs with { LoseOrderAnswers = left })
            ? Broken()
            : SandboxJson.Ok(order.Json());
    }

    private IResult Orders(HttpRequest request)
    {
        var receipt = request.Query["receipt"].ToString();
        var orders = Newest(pages => pages.Orders.Values, one => one.CreatedAt);
        if (receipt.Length > 0) orders.RemoveAll(one => one.Receipt != receipt);
        return SandboxJson.Collection(orders.Select(one => one.Json()), request);
    }

    private IResult PaymentsOf(string id, HttpRequest request)
    {
        if (!book.Read(pages => pages.Orders.ContainsKey(id))) return SandboxJson.Unknown();
        var found = Newest(pages => pages.Payments.Values, one => one.CreatedAt).Where(one => one.OrderId == id);
        return SandboxJson.Collection(found.Select(one => one.Json()), request);
    }

    private async Task<IResult> Capture(string id, HttpRequest request)
    {
        var payment = book.Read(pages => pages.Payments.GetValueOrDefault(id));
        if (payment is null) return SandboxJson.Unknown();
        if (await Body(request) is not { } json || GatewayJson.Number(json, "amount") != payment.Amount)
            return SandboxJson.Error("Capture amount must be equal to the amount authorized", "amount");
        if (payment.Captured) return SandboxJson.Error("This payment has already been captured");
        if (payment.Status != "authorized") return SandboxJson.Error("Only payments which have been authorized and not yet captured can be captured");
        return payments.Captured(id) is { } captured
            ? SandboxJson.Ok(captured.Json())
            : SandboxJson.Error("This payment has already been captured");
    }

    private async Task<IResult> Refund(string id, HttpRequest request)
    {
        if (await Body(request) is not { } json) return SandboxJson.Error("The request body is not valid JSON");
        var key = request.Headers["X-Refund-Idempotency"].ToString() is { Length: > 0 } given ? given : null;
        if (key is { Length: < 10 } || key?.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '_' or '-') == false)
            return SandboxJson.Error("The idempotency key must have at least 10 characters: letters, digits, _ and -");
        if (Notes(json) is not { } notes) return SandboxJson.Error("Number of fields in notes should be less than or equal to 15", "notes");
        return refunds.Refund(id, GatewayJson.Number(json, "amount"), GatewayJson.Text(json, "receipt"), notes, key);
    }

    private IResult Found<T>(Func<SandboxBook.Pages, Dictionary<string, T>> shelf, string id, Func<T, System.Text.Json.Nodes.JsonObject> json)
        where T : class =>
        book.Read(pages => shelf(pages).GetValueOrDefault(id)) is { } found ? SandboxJson.Ok(json(found)) : SandboxJson.Unknown();

    private List<T> Newest<T>(Func<SandboxBook.Pages, IEnumerable<T>> all, Func<T, long> made) =>
        book.Read(pages => all(pages).Reverse().OrderByDescending(made).ToList());

    // an empty body is an empty object, as the real one takes it
    private static async Task<JsonElement?> Body(HttpRequest request)
    {
        if (request.ContentLength > LargestBody) return null;
        using var reader = new StreamReader(request.Body, Encoding.UTF8);
        var text = await reader.ReadToEndAsync(request.HttpContext.RequestAborted);
        try
        {
            using var json = JsonDocument.Parse(text.Length == 0 ? "{}" : text);
            return json.RootElement.ValueKind == JsonValueKind.Object ? json.RootElement.Clone() : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static Dictionary<string, string>? Notes(JsonElement json)
    {
        if (!json.TryGetProperty("notes", out var notes) || notes.ValueKind != JsonValueKind.Object) return [];
        var read = notes.EnumerateObject().ToDictionary(note => note.Name, note => note.Value.ToString());
        return read.Count <= MostNotes && read.Values.All(value => value.Length <= 256) ? read : null;
    }

    private static IResult Broken() =>
        SandboxJson.Error("We are facing some trouble completing your request at the moment.", status: 502, code: "SERVER_ERROR");
}
