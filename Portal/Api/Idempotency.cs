using System.Security.Cryptography;
using System.Text;
using Database;
using Portal.Identity;

namespace Portal.Api;

/// <summary>Marks an endpoint that creates something: it wants an <c>Idempotency-Key</c>.</summary>
public sealed class CreatesMetadata;

/// <summary>Marks a POST that takes no <c>Idempotency-Key</c>.</summary>
/// <param name="Reason">Why a repeat is harmless, or why its answer must not be kept.</param>
public sealed record WithoutKey(string Reason);

/// <summary>How an endpoint says that it creates.</summary>
public static class Idempotent
{
    /// <summary>The endpoint creates something; the same request with the same <c>Idempotency-Key</c> creates it once.</summary>
    public static RouteHandlerBuilder Creates(this RouteHandlerBuilder endpoint) => endpoint.WithMetadata(new CreatesMetadata());

    /// <summary>The endpoint keeps no answer for a repeat.</summary>
    public static RouteHandlerBuilder TakesNoKey(this RouteHandlerBuilder endpoint, string reason) => endpoint.WithMetadata(new WithoutKey(reason));

    /// <summary>The request's key, to be handed on to what is created: it holds even when the portal dies between doing and answering.</summary>
    public static string IdempotencyKey(this HttpContext context) => context.Request.Headers[Idempotency.Header].ToString();
}

/// <summary>
/// The <c>Idempotency-Key</c> header (draft-ietf-httpapi-idempotency-key-header-07): first request runs, a repeat gets the first answer, a
/// repeat meanwhile gets 409, another request under the same key 422. Answers of 5xx and 429 are not kept: they may be tried again.
/// </summary>
internal static class Idempotency
{
    public const string Header = "Idempotency-Key";
    private const int LongestKey = 100;
    private static readonly TimeSpan CutOffAfter = TimeSpan.FromMinutes(1);

    public static async Task Keep(HttpContext context, RequestDelegate next)
    {
        if (context.GetEndpoint()?.Metadata.GetMetadata<CreatesMetadata>() is null || context.SignedInOrNull() is not { } who)
        {
            await next(context);
            return;
        }

        if (who.AccountId.ToString().Length == 0)
        {
            await ApiProblem.Of(
                StatusCodes.Status403Forbidden, "portal.api.no_account", "This person belongs to no account, so nothing can be created.")
                .ExecuteAsync(context);
            return;
        }

        var key = context.IdempotencyKey();
        if (Complaint(key) is { } complaint)
        {
            await ApiProblem.Of(StatusCodes.Status400BadRequest, "portal.api.idempotency_key_needed", complaint).ExecuteAsync(context);
            return;
        }

        var services = context.RequestServices;
        var (db, clock) = (services.GetRequiredService<Db>(), services.GetRequiredService<TimeProvider>());
        var fingerprint = await Fingerprint(context.Request, context.RequestAborted);
        var startedAt = clock.GetUtcNow();
        if (await IdempotencyRecord.Begin(db, who.AccountId.Value, key, fingerprint, startedAt, startedAt - CutOffAfter))
            await RunAndKeep(context, next, db, clock, who.AccountId.Value, key, startedAt);
        else
            await Repeat(context, await IdempotencyRecord.Find(db, who.AccountId.Value, key), fingerprint);
    }

    private static async Task RunAndKeep(
        HttpContext context, RequestDelegate next, Db db, TimeProvider clock, string account, string key, DateTimeOffset startedAt)
    {
        var outside = context.Response.Body;
        using var answer = new MemoryStream();
        var kept = false;
        try
        {
            context.Response.Body = answer;
            await next(context);
            context.Response.Body = outside;
            if (context.Response.StatusCode is < 500 and not (StatusCodes.Status401Unauthorized or StatusCodes.Status429TooManyRequests))
            {
                await IdempotencyRecord.End(db, account, key, new IdempotencyRecord
                {
                    StartedAt = startedAt,
                    EndedAt = clock.GetUtcNow(),
                    Status = context.Response.StatusCode,
                    ContentType = context.Response.ContentType,
                    Location = context.Response.Headers.Location,
                    Body = Encoding.UTF8.GetString(answer.GetBuffer(), 0, (int)answer.Length),
                });
                kept = true;
            }

            answer.Position = 0;
            await answer.CopyToAsync(outside, context.RequestAborted);
        }
        finally
        {
            context.Response.Body = outside;
            if (!kept) await IdempotencyRecord.Free(db, account, key, startedAt);
        }
    }

    private static async Task Repeat(HttpContext context, IdempotencyRecord? earlier, string fingerprint)
    {
        if (earlier is not null && earlier.Fingerprint != fingerprint)
        {
            await ApiProblem.Of(
                StatusCodes.Status422UnprocessableEntity,
                "portal.api.idempotency_key_reused",
                "This Idempotency-Key belongs to another request; take a new one.").ExecuteAsync(context);
        }
        else if (earlier?.Status is not { } status)
        {
            context.Response.Headers.RetryAfter = "1";
            await ApiProblem.Of(
                StatusCodes.Status409Conflict,
                "portal.api.request_under_way",
                "The first request with this Idempotency-Key is still under way; ask again in a second.").ExecuteAsync(context);
        }
        else
        {
            context.Response.StatusCode = status;
            context.Response.ContentType = earlier.ContentType;
            if (earlier.Location is not null) context.Response.Headers.Location = earlier.Location;
            context.Response.Headers["Idempotent-Replayed"] = "true";
            // an answer without a body is given one further out, as it was the first time
            if (earlier.Body is { Length: > 0 } body) await context.Response.WriteAsync(body, context.RequestAborted);
        }
    }

    private static string? Complaint(string key) => key switch
    {
        "" => $"Send an {Header} header: a text of your own (a UUID is fine) that is the same when you repeat the request.",
        { Length: > LongestKey } => $"{Header} has at most {LongestKey} characters.",
        _ when key.Any(sign => sign is < '!' or > '~') => $"{Header} has printable ASCII characters only, without spaces.",
        _ => null,
    };

    private static async Task<string> Fingerprint(HttpRequest request, CancellationToken cancelled)
    {
        request.EnableBuffering();
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes($"{request.Method} {request.Path}{request.QueryString}\n"));
        var buffer = new byte[8192];
        for (int read; (read = await request.Body.ReadAsync(buffer, cancelled)) > 0;) hash.AppendData(buffer, 0, read);
        request.Body.Position = 0;
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
