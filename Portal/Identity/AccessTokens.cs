using Database;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using Portal.Accounts;
using Portal.Identity.Factors;
using Portal.Identity.Oidc;
using Portal.Identity.SignIn;

namespace Portal.Identity;

/// <summary>Whom an access token speaks for.</summary>
internal sealed record HeldToken(string ClientId, PersonId PersonId, TokenGrantId? GrantId, string Scope, SignedIn SignedIn);

/// <summary>Checks access tokens (RFC 9068 section 4) of the own provider or of the configured one.</summary>
internal sealed class AccessTokens(Issuer issuer, Db db, TimeProvider clock)
{
    private static readonly JsonWebTokenHandler Handler = new() { MapInboundClaims = false };

    /// <summary>Null when the token is not good for the audience. One indexed read: a revoked grant is refused at once.</summary>
    public async Task<HeldToken?> Check(string token, string audience)
    {
        var result = await Once(token, audience);
        if (result.Exception is SecurityTokenSignatureKeyNotFoundException)
        {
            issuer.Refresh();
            result = await Once(token, audience);
        }

        if (!result.IsValid) return null;
        var jwt = (JsonWebToken)result.SecurityToken;
        var grant = jwt.TryGetPayloadValue<string>("grant", out var id) && Id.TryParse<TokenGrantId>(id, out var known) ? known : (TokenGrantId?)null;
        var row = grant is { } own
            ? await db.One<Holder>(Sql.ByGrant, new { Id = own })
            : await db.One<Holder>(Sql.BySubject, new { SubjectHash = CreatePerson.SubjectHash(issuer.Name, jwt.Subject ?? "") });
        if (row is null) return null;
        var signedIn = new SignedIn(row.PersonId, row.AccountId ?? default, row.Role ?? "", grant?.Value ?? "", row.FullName, null)
        {
            Email = row.Email,
            AccountName = row.AccountName ?? "",
            AuthenticatedAt = row.AuthenticatedAt ?? default,
            Amr = row.Amr ?? "",
            SecondFactorAt = new Proof(row.AuthenticatedAt ?? default, row.Amr ?? "").SecondFactorAt,
            AccessVersion = row.AccessVersion,
        };
        var scope = jwt.TryGetPayloadValue<string>("scope", out var said) ? said : "";
        return new HeldToken(jwt.TryGetPayloadValue<string>("client_id", out var client) ? client : "", row.PersonId, grant, scope, signedIn);
    }

    private async Task<TokenValidationResult> Once(string token, string audience)
    {
        var metadata = await issuer.Metadata(CancellationToken.None);
        return await Handler.ValidateTokenAsync(token, new TokenValidationParameters
        {
            ValidIssuer = metadata.Issuer,
            ValidAudience = audience,
            IssuerSigningKeys = metadata.SigningKeys,
            ValidAlgorithms = IdTokens.Algorithms,
            // RFC 9068 section 4: an ID token is no access token
            ValidTypes = ["at+jwt", "application/at+jwt"],
            LifetimeValidator = (from, until, _, _) => IdTokens.InTime(from, until, clock.GetUtcNow()),
        });
    }

    private sealed record Holder
    {
        public PersonId PersonId { get; init; }

        public AccountId? AccountId { get; init; }

        public string? AccountName { get; init; }

        public string? Role { get; init; }

        public string FullName { get; init; } = "";

        public string Email { get; init; } = "";

        public DateTimeOffset? AuthenticatedAt { get; init; }

        public string? Amr { get; init; }

        public long AccessVersion { get; init; }
    }

    internal static class Sql
    {
        public const string ByGrant = """
            -- all accounts: a token's grant names the person and the account
            select p.Id as PersonId, m.AccountId, a.Name as AccountName, m.Role, p.FullName, p.Email, g.AuthenticatedAt, g.Amr,
                coalesce(v.Version, 0) as AccessVersion
            from TokenGrant g
                join Person p on p.Id = g.PersonId
                left join AccountMember m on m.AccountId = g.AccountId and m.PersonId = g.PersonId
                left join Account a on a.Id = m.AccountId
                left join AccountAccess v on v.AccountId = m.AccountId
            where g.Id = @Id
                and g.RevokedAt is null
                and p.ClosedAt is null
            """;

        public const string BySubject = """
            -- all accounts: a foreign issuer's subject names the person
            select p.Id as PersonId, m.AccountId, a.Name as AccountName, m.Role, p.FullName, p.Email, coalesce(v.Version, 0) as AccessVersion
            from Person p
                left join AccountMember m on m.PersonId = p.Id
                    and m.AccountId = (select min(o.AccountId) from AccountMember o where o.PersonId = p.Id)
                left join Account a on a.Id = m.AccountId
                left join AccountAccess v on v.AccountId = m.AccountId
            where p.SubjectHash = @SubjectHash
                and p.ClosedAt is null
            """;
    }
}
