using System.Collections.Concurrent;
using System.Net;
using System.Text;
using Portal.Identity.Applications;

namespace Portal.Identity.Oidc;

/// <summary>
/// How a client shows that it is itself, at every endpoint that clients speak to: RFC 6749 section 2.3, RFC 7523 section 2.2.
/// </summary>
internal sealed class ClientAuthentication(Clients clients, ClientAssertion assertions, TimeProvider clock)
{
    private const int FailuresPerIp = 100;
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(15);
    private readonly ConcurrentDictionary<string, (int Count, DateTimeOffset Since)> failures = new(StringComparer.Ordinal);

    /// <summary>The client, or what to answer: one method only, and the one it is registered for (RFC 9700 section 2.5).</summary>
    public async Task<(Client Client, IResult? Refusal)> Run(HttpContext context, Parameters form)
    {
        var ip = context.Ip();
        if (IsLocked(ip))
        {
            context.Response.Headers.RetryAfter = "900";
            return (null!, OAuthProblem.Of("invalid_client", "Too many wrong tries from this address; wait fifteen minutes.", 429));
        }

        if (await Shown(context, form) is { } client)
        {
            if (!Networks.Include(client.IpAllowList, ip))
                return (null!, OAuthProblem.Of("invalid_client", $"This client may not come from {ip}.", StatusCodes.Status401Unauthorized));
            CrossOrigin.Allow(context, client);
            await clients.Used(client);
            return (client, null);
        }

        Failed(ip);
        return (null!, NotYou(context));
    }

    private async Task<Client?> Shown(HttpContext context, Parameters form)
    {
        var id = form["client_id"];
        var secret = form["client_secret"];
        var header = context.Request.Headers.Authorization.ToString();
        var hasAssertion = form["client_assertion"] is not null || form["client_assertion_type"] is not null;
        if ((header.Length > 0 ? 1 : 0) + (secret is not null ? 1 : 0) + (hasAssertion ? 1 : 0) > 1) return null;
        if (hasAssertion) return await assertions.Check(form, context.Request.Path);
        if (header.Length > 0)
        {
            if (!Basic(header, out var headerId, out secret) || (id is not null && id != headerId)) return null;
            id = headerId;
        }

        if (id is null or { Length: > 200 } || await clients.Find(id, secret) is not { } client) return null;
        return client.AuthMethod switch
        {
            ClientAuth.None => secret is null or "" ? client : null,
            ClientAuth.Secret => client.ShowedSecret ? client : null,
            _ => null,
        };
    }

    // RFC 6749 section 2.3.1: both parts are form-encoded before they are base64-encoded
    private static bool Basic(string header, out string id, out string secret)
    {
        (id, secret) = ("", "");
        if (!header.StartsWith("Basic ", StringComparison.OrdinalIgnoreCase)) return false;
        var text = header["Basic ".Length..].Trim();
        var bytes = new byte[text.Length];
        if (!Convert.TryFromBase64String(text, bytes, out var length)) return false;
        var parts = Encoding.UTF8.GetString(bytes, 0, length).Split(':', 2);
        if (parts.Length != 2) return false;
        (id, secret) = (WebUtility.UrlDecode(parts[0]), WebUtility.UrlDecode(parts[1]));
        return true;
    }

    // of this process alone: secrets are random, so this spares work rather than keeps guesses out; by IP, or anybody could lock a client
    private bool IsLocked(string ip) =>
        failures.TryGetValue(ip, out var found) && found.Count >= FailuresPerIp && found.Since > clock.GetUtcNow() - Window;

    private void Failed(string ip)
    {
        var now = clock.GetUtcNow();
        if (failures.Count > 10_000) failures.Clear();
        failures.AddOrUpdate(ip, (1, now), (_, old) => old.Since > now - Window ? (old.Count + 1, old.Since) : (1, now));
    }

    // RFC 6749 section 5.2
    private static IResult NotYou(HttpContext context)
    {
        context.Response.Headers.WWWAuthenticate = "Basic realm=\"token\"";
        return OAuthProblem.Of("invalid_client", "The client is not known or did not show that it is itself.", StatusCodes.Status401Unauthorized);
    }
}
