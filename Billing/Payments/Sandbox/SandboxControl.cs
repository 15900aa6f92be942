using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Billing.Payments.Sandbox;

/// <summary>
/// What the real gateway does not have: <c>/sandbox/knobs</c> (GET, POST merges, DELETE resets), <c>POST /sandbox/pay/{order}</c> for tests
/// without a browser, <c>GET /sandbox/events</c>, <c>POST /sandbox/events/{id}/replay</c>, <c>POST /sandbox/refunds/{id}/{status}</c>.
/// </summary>
internal sealed class SandboxControl(SandboxBook book, SandboxPayments payments, SandboxRefunds refunds, SandboxWebhooks webhooks)
{
    private static readonly JsonSerializerOptions Web = new(JsonSerializerDefaults.Web)
    {
        UnmappedMemberHandling = System.Text.Json.Serialization.JsonUnmappedMemberHandling.Disallow,
    };

    internal void Map(IEndpointRouteBuilder routes)
    {
        var sandbox = routes.MapGroup("/sandbox");
        sandbox.MapGet("/knobs", () => Results.Json(book.Read(pages => pages.Knobs), Web));
        sandbox.MapPost("/knobs", Turn);
        sandbox.MapDelete("/knobs", () => Results.Json(book.Change(pages => pages.Knobs = new Knobs()), Web));
        sandbox.MapPost("/pay/{orderId}", Pay);
        sandbox.MapPost("/capture/{paymentId}", (string paymentId) =>
            payments.Captured(paymentId) is { } captured ? SandboxJson.Ok(captured.Json()) : SandboxJson.Unknown());
        sandbox.MapPost("/refunds/{id}/{status:regex(^(processed|failed)$)}", (string id, string status) =>
            refunds.Becomes(id, status) is { } refund ? SandboxJson.Ok(refund.Json()) : SandboxJson.Unknown());
        sandbox.MapGet("/events", () => Results.Json(book.Read(pages => pages.Events.Values.ToList()), Web));
        sandbox.MapPost("/events/{id}/replay", Replay);
    }

    private IResult Turn(JsonObject wish)
    {
        try
        {
            return Results.Json(
                book.Change(pages =>
                {
                    var merged = JsonSerializer.SerializeToNode(pages.Knobs, Web)!.AsObject();
                    foreach (var (name, value) in wish) merged[name] = value?.DeepClone();
                    return pages.Knobs = merged.Deserialize<Knobs>(Web)!;
                }),
                Web);
        }
        catch (JsonException trouble)
        {
            return SandboxJson.Error($"No such knob, or not that value: {trouble.Message}");
        }
    }

    private IResult Pay(string orderId, PayWish? wish)
    {
        if (payments.Pay(orderId, wish ?? new PayWish()) is not { } payment)
            return SandboxJson.Error("The order does not exist or is already paid");
        var answer = payments.Answer(payment);
        answer["status"] = payment.Status;
        return SandboxJson.Ok(answer);
    }

    private IResult Replay(string id)
    {
        if (book.Read(pages => pages.Events.GetValueOrDefault(id)) is not { } again) return SandboxJson.Unknown();
        webhooks.Replay(again);
        return Results.Accepted();
    }
}
