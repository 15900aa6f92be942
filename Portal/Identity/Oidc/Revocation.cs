using Database;
using Portal.Audit;

namespace Portal.Identity.Oidc;

/// <summary>The revocation endpoint (RFC 7009 section 2): a client gives back what it holds.</summary>
internal static class Revocation
{
    public const string Path = "/oidc/revoke";

    public static async Task<IResult> Post(HttpContext context, ClientAuthentication authentication, AccessTokens access, Db db, TimeProvider clock)
    {
        var (form, unreadable) = await Parameters.Read(context);
        if (unreadable is not null) return unreadable;
        var (client, stranger) = await authentication.Run(context, form);
        if (stranger is not null) return stranger;
        if (form["token"] is not { } token) return OAuthProblem.Of("invalid_request", "token is missing.");

        // section 2.1: token_type_hint is a hint; the two kinds are told apart by their looks
        var now = clock.GetUtcNow();
        if (token.Contains('.', StringComparison.Ordinal))
        {
            if (await access.Read(token) is { } held && held.ClientId == client.Id)
            {
                await db.Write(async tx =>
                {
                    if (!await SpentId.Spend(tx, SpentId.OfAccessToken(held.Jti), held.ExpiresAt + AccessTokens.Skew)) return;
                    await tx.Record(Entry(context, client, "identity.access_token_revoked", held.GrantId?.Value), now);
                });
            }
        }
        else if (await RefreshToken.Find(db, token) is { } refresh && refresh.ClientId == client.Id)
        {
            var entry = Entry(context, client, "identity.grant_revoked", refresh.GrantId.Value) with { PersonId = refresh.PersonId };
            await db.Write(tx => TokenGrant.Revoke(tx, refresh.GrantId, entry.Action, now, entry));
        }

        // section 2.2: an unknown token is as good as a revoked one, and another client's is none of this one's business
        return Results.Ok();
    }

    private static AuditEntry Entry(HttpContext context, Client client, string action, string? resource) => new(action)
    {
        AccountId = client.AccountId,
        ClientId = client.Id,
        Resource = resource ?? client.Id,
        Ip = context.Ip(),
        UserAgent = context.UserAgent(),
    };
}
