using Database;

namespace Portal.Identity.Oidc;

/// <summary>A device that asks whether it was let in (RFC 8628 sections 3.4 and 3.5).</summary>
internal static class DeviceGrant
{
    private const int Slower = 5;

    public static async Task<IResult> Answer(TokenRequest request, Tokens tokens, Db db)
    {
        var (client, now) = (request.Client, request.Now);
        if (request.Form["device_code"] is not { Length: <= 200 } code) return OAuthProblem.Of("invalid_request", "device_code is missing.");
        var refresh = Secrets.New();
        var (error, grant) = await db.Write(tx => Ask(tx, code, client, refresh, request.Jkt, now));
        if (grant is not { } given) return OAuthProblem.Of(error, Words(error));
        var about = new TokenSubject(client.Id, given.PersonId, given.Id, given.Scope, given.AuthenticatedAt)
        {
            Amr = given.Amr,
            Acr = given.Acr,
            Jkt = request.Jkt,
        };
        return Results.Json(await tokens.Answer(about, null, Refreshes(client, given.Scope) ? refresh : null, withIdToken: true, now));
    }

    private static async Task<(string Error, TokenGrant? Grant)> Ask(
        Tx tx, string code, Client client, string refresh, string? jkt, DateTimeOffset now)
    {
        var found = await DeviceRequest.ByDeviceCode(tx, code);
        if (found is null || found.ClientId != client.Id) return ("invalid_grant", null);
        if (found.ExpiresAt <= now) return ("expired_token", null);
        switch (found.State)
        {
            case DeviceRequest.Denied: return ("access_denied", null);
            case DeviceRequest.Pending:
                // the pause grows for good each time it is not kept
                var tooSoon = found.PolledAt is { } last && now < last + TimeSpan.FromSeconds(found.PauseSeconds);
                await DeviceRequest.Polled(tx, found, tooSoon ? found.PauseSeconds + Slower : found.PauseSeconds, now);
                return (tooSoon ? "slow_down" : "authorization_pending", null);
            case DeviceRequest.Approved when await DeviceRequest.Use(tx, found):
                if (await tx.One<TokenGrant>(TokenGrant.Sql.Open, new { Id = found.GrantId }) is not { } grant) return ("access_denied", null);
                if (client.IsPublic && jkt is not null) await AuthorizationCode.Bind(tx, grant.Id, jkt);
                if (Refreshes(client, grant.Scope)) await RefreshToken.Add(tx, refresh, grant.Id, now);
                return ("", grant);
            default:
                // a second use of what is good once: as with a replayed code, all that came of it ends
                if (found.GrantId is { } old) await TokenGrant.Revoke(tx, old, "identity.code_replayed", now);
                return ("invalid_grant", null);
        }
    }

    private static bool Refreshes(Client client, string scope) =>
        scope.Split(' ').Contains("offline_access") && client.GrantTypes.Contains(GrantTypes.Refresh, StringComparer.Ordinal);

    private static string Words(string error) => error switch
    {
        "authorization_pending" => "The person has not decided yet.",
        "slow_down" => "Ask five seconds less often.",
        "expired_token" => "The codes have expired; start again.",
        "access_denied" => "The person refused.",
        _ => "The device code is not good or was used.",
    };
}
