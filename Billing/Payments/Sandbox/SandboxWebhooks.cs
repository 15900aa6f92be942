using System.Text;
using System.Text.Json.Nodes;
using Billing.Payments.Razorpay;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Billing.Payments.Sandbox;

/// <summary>Signs events and delivers them at least once: doubling pauses after a refusal, for a day, over a restart too.</summary>
internal sealed class SandboxWebhooks(
    SandboxOptions options, SandboxBook book, IHttpClientFactory clients, IHostApplicationLifetime lifetime, TimeProvider clock, ILogger<SandboxWebhooks> log)
{
    internal const string HttpClientName = "sandbox-webhooks";
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan GivesUpAfter = TimeSpan.FromHours(24);

    /// <summary>Sends what a former process has not delivered.</summary>
    internal void Resume()
    {
        var undelivered = book.Read(pages => pages.Events.Values.Where(sent => sent.Sent == 0 && !sent.Lost).ToList());
        if (undelivered.Count > 0) _ = InTurn(undelivered, new Knobs());
    }

    /// <summary>Sends the events of one happening, in that order unless the knob turns it.</summary>
    internal void Emit(params (string Event, (string Name, JsonObject Entity)[] Payload)[] happening)
    {
        var (knobs, events) = book.Change(pages =>
        {
            var made = happening.Select(one => New(one.Event, one.Payload)).ToList();
            for (var i = 0; i < made.Count && pages.Knobs.Lose != 0; i++)
            {
                made[i] = made[i] with { Lost = true };
                if (pages.Knobs.Lose > 0) pages.Knobs = pages.Knobs with { Lose = pages.Knobs.Lose - 1 };
            }

            foreach (var one in made) pages.Events[one.Id] = one;
            return (pages.Knobs, made);
        });
        var sent = events.Where(one => !one.Lost);
        _ = InTurn([.. knobs.Reorder ? sent.Reverse() : sent], knobs);
    }

    /// <summary>Sends an event again, as the dashboard's replay does.</summary>
    internal void Replay(SandboxEvent again) => _ = InTurn([again], new Knobs());

    private SandboxEvent New(string name, (string Name, JsonObject Entity)[] payload)
    {
        var now = clock.GetUtcNow();
        var entities = new JsonObject(payload.Select(part =>
            KeyValuePair.Create(part.Name, (JsonNode?)new JsonObject { ["entity"] = part.Entity })));
        var envelope = new JsonObject
        {
            ["entity"] = "event",
            ["account_id"] = "acc_SandboxAccount1",
            ["event"] = name,
            ["contains"] = new JsonArray([.. payload.Select(part => (JsonNode)part.Name)]),
            ["payload"] = entities,
            ["created_at"] = now.ToUnixTimeSeconds(),
        };
        return new SandboxEvent { Id = SandboxBook.NewId("evt"), Event = name, Body = envelope.ToJsonString(), CreatedAt = now };
    }

    private async Task InTurn(List<SandboxEvent> events, Knobs knobs)
    {
        if (options.WebhookUrls.Count == 0) return;
        try
        {
            if (knobs.DelayMs > 0) await Task.Delay(TimeSpan.FromMilliseconds(knobs.DelayMs), clock, lifetime.ApplicationStopping);
            foreach (var one in events)
            {
                foreach (var url in options.WebhookUrls)
                {
                    for (var copy = 0; copy < knobs.Copies; copy++)
                    {
                        if (!await Send(one, url)) _ = Again(one, url);
                    }
                }
            }
        }
        catch (OperationCanceledException)
        {
            log.LogInformation("Stopped before all events were delivered");
        }
    }

    private async Task Again(SandboxEvent one, string url)
    {
        try
        {
            for (var pause = options.RetryPause; clock.GetUtcNow() - one.CreatedAt < GivesUpAfter; pause *= 2)
            {
                await Task.Delay(pause < LongestPause ? pause : LongestPause, clock, lifetime.ApplicationStopping);
                if (await Send(one, url)) return;
            }

            log.LogWarning("Gave up {Event} {Id} after a day", one.Event, one.Id);
        }
        catch (OperationCanceledException)
        {
            log.LogInformation("Stopped before {Event} {Id} was delivered", one.Event, one.Id);
        }
    }

    private async Task<bool> Send(SandboxEvent one, string url)
    {
        var body = Encoding.UTF8.GetBytes(one.Body);
        var taken = false;
        try
        {
            using var client = clients.CreateClient(HttpClientName);
            using var request = new HttpRequestMessage(HttpMethod.Post, url) { Content = new ByteArrayContent(body) };
            request.Content.Headers.ContentType = new("application/json");
            request.Headers.Add("X-Razorpay-Signature", Signatures.Of(body, options.WebhookSecret));
            request.Headers.Add("x-razorpay-event-id", one.Id);
            using var response = await client.SendAsync(request, lifetime.ApplicationStopping);
            taken = response.IsSuccessStatusCode;
        }
        catch (HttpRequestException trouble)
        {
            log.LogInformation("{Url} took no event: {Trouble}", url, trouble.HttpRequestError);
        }
        catch (OperationCanceledException) when (!lifetime.ApplicationStopping.IsCancellationRequested)
        {
            log.LogInformation("{Url} took longer than 5 seconds", url);
        }

        book.Change(pages => pages.Events[one.Id] =
            pages.Events[one.Id] with { Tries = pages.Events[one.Id].Tries + 1, Sent = pages.Events[one.Id].Sent + (taken ? 1 : 0) });
        return taken;
    }
}
