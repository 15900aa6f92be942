using System.Text.Json;
using Database;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using Portal.Accounts;
using Portal.Identity.Companies;
using Portal.Identity.Factors;
using Portal.Identity.Oidc;
using Portal.Identity.SignIn;

namespace Portal.Identity;

/// <summary>Whom an access token speaks for.</summary>
internal sealed record HeldToken(string ClientId, PersonId PersonId, TokenGrantId? GrantId, string Scope, SignedIn SignedIn)
{
    public string Subject { get; init; } = "";

    public string Jti { get; init; } = "";

    public IReadOnlyList<string> Audiences { get; init; } = [];

    public DateTimeOffset IssuedAt { get; init; }

    public DateTimeOffset ExpiresAt { get; init; }

    /// <summary>Space-separated networks that a service account may come from; null for everywhere.</summary>
    public string? IpAllowList { get; init; }

    /// <summary>The key it is bound to (RFC 9449 section 6.1); null for a bearer token.</summary>
    public string? Jkt { get; init; }
}

/// <summary>Checks access tokens (RFC 9068 section 4) of the own provider or of the configured one.</summary>
internal sealed class AccessTokens(Issuer issuer, Db db, IOptions<IdentityOptions> options, TimeProvider clock)
{
    public static readonly TimeSpan Skew = TimeSpan.FromMinutes(1);
    private static readonly JsonWebTokenHandler Handler = new() { MapInboundClaims = false };

    /// <summary>Null when the token is not good for the audience. One indexed read: a revoked grant or client is refused at once.</summary>
    public async Task<HeldToken?> Check(string token, string audience)
    {
        if (await Verify(token, audience) is not { } jwt) return null;
        var known = Unchecked(jwt);
        var args = new
        {
            Id = known.GrantId?.Value ?? known.ClientId,
            JtiHash = SpentId.OfAccessToken(known.Jti),
            Now = clock.GetUtcNow(),
            SubjectHash = CreatePerson.SubjectHash(issuer.Name, known.Subject),
        };
        // ids of our own rows mean something in our own tokens only
        var isOwn = options.Value.IsOwnProvider;
        var isService = isOwn && known.GrantId is null;
        var row = await db.One<Holder>(isService ? Sql.ByClient : isOwn ? Sql.ByGrant : Sql.BySubject, args);
        if (row is null) return null;
        var proof = isOwn ? new Proof(row.AuthenticatedAt ?? default, row.Amr ?? "") : ProofIn(jwt);
        var signedIn = new SignedIn(row.PersonId, row.AccountId ?? default, row.Role ?? "", isOwn ? args.Id : "", row.FullName, null)
        {
            Email = row.Email,
            AccountName = row.AccountName ?? "",
            AuthenticatedAt = proof.At,
            Amr = proof.Amr,
            SecondFactorAt = proof.SecondFactorAt,
            AccessVersion = row.AccessVersion,
            IssuerKey = row.IssuerKey ?? IssuerSettings.Deployment,
            ClientId = known.ClientId,
            IsService = isService,
            LimitedTo = isService ? SignedIn.Limits(row.Permissions) : null,
        };
        return known with { PersonId = row.PersonId, SignedIn = signedIn, IpAllowList = row.IpAllowList };
    }

    /// <summary>What the token says, when it is one of ours for any audience; whether its grant stands is not looked at.</summary>
    public async Task<HeldToken?> Read(string token) => await Verify(token, issuer.Name) is { } jwt ? Unchecked(jwt) : null;

    private async Task<JsonWebToken?> Verify(string token, string audience)
    {
        var result = await Once(token, audience);
        if (result.Exception is SecurityTokenSignatureKeyNotFoundException)
        {
            issuer.Refresh();
            result = await Once(token, audience);
        }

        return result.IsValid ? (JsonWebToken)result.SecurityToken : null;
    }

    private static HeldToken Unchecked(JsonWebToken jwt)
    {
        string Text(string name) => jwt.TryGetPayloadValue<string>(name, out var text) ? text : "";
        return new HeldToken(
            Text("client_id"), default, Id.TryParse<TokenGrantId>(Text("grant"), out var grant) ? grant : null, Text("scope"), null!)
        {
            Subject = jwt.Subject ?? "",
            Jti = jwt.Id ?? "",
            Audiences = [.. jwt.Audiences],
            IssuedAt = new DateTimeOffset(jwt.IssuedAt, TimeSpan.Zero),
            ExpiresAt = new DateTimeOffset(jwt.ValidTo, TimeSpan.Zero),
            Jkt = jwt.TryGetPayloadValue<JsonElement>("cnf", out var cnf) && cnf.ValueKind == JsonValueKind.Object
                && cnf.TryGetProperty("jkt", out var jkt) ? jkt.GetString() : null,
        };
    }

    // RFC 9068 section 2.2.1: a foreign issuer says in the token when and how; one that does not say has not asked since long ago
    private Proof ProofIn(JsonWebToken jwt)
    {
        var at = jwt.TryGetPayloadValue<long>("auth_time", out var seconds) && seconds > 0 && seconds <= clock.GetUtcNow().Add(Skew).ToUnixTimeSeconds()
            ? DateTimeOffset.FromUnixTimeSeconds(seconds)
            : DateTimeOffset.UnixEpoch;
        var strong = jwt.TryGetPayloadValue<string>("acr", out var acr) && options.Value.SecondFactorAcr.Contains(acr, StringComparer.Ordinal);
        var amr = jwt.TryGetPayloadValue<string[]>("amr", out var said) ? said : [];
        return new Proof(at, Proof.Join(amr.Where(value => value is { Length: > 0 } && !value.Contains(' ', StringComparison.Ordinal)), strong));
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

        public string? Permissions { get; init; }

        public string? IpAllowList { get; init; }

        public string? IssuerKey { get; init; }
    }

    internal static class Sql
    {
        public const string ByGrant = $"""
            -- all accounts: a token's grant names the person and the account
            select p.Id as PersonId, m.AccountId, a.Name as AccountName, m.Role, p.FullName, p.Email, g.AuthenticatedAt, g.Amr,
                coalesce(v.Version, 0) as AccessVersion, o.IssuerKey
            from TokenGrant g
                join Person p on p.Id = g.PersonId
                left join SessionOrigin o on o.SessionId = g.SessionId
                left join AccountMember m on m.AccountId = g.AccountId and m.PersonId = g.PersonId
                left join Account a on a.Id = m.AccountId
                left join AccountAccess v on v.AccountId = m.AccountId
            where g.Id = @Id
                and g.RevokedAt is null
                and p.ClosedAt is null
                and {CompanyRule.OfGrant}
                and not exists (select 1 from SpentId s where s.IdHash = @JtiHash)
            """;

        public const string ByClient = """
            -- all accounts: a service account's token names the client, the client its account
            select p.Id as PersonId, c.AccountId, a.Name as AccountName, 'service' as Role, p.FullName, p.Email, c.Permissions,
                c.IpAllowList
            from OidcClient c
                join Person p on p.Id = c.ServicePersonId
                join Account a on a.Id = c.AccountId
            where c.Id = @Id
                and c.Kind = 'service'
                and c.RevokedAt is null
                and (c.ExpiresAt is null or c.ExpiresAt > @Now)
                and a.State = 'active'
                and not exists (select 1 from SpentId s where s.IdHash = @JtiHash)
            """;

        public const string BySubject = $"""
            -- all accounts: a foreign issuer's subject names the person
            select p.Id as PersonId, m.AccountId, a.Name as AccountName, m.Role, p.FullName, p.Email, coalesce(v.Version, 0) as AccessVersion
            from Person p
                left join AccountMember m on m.PersonId = p.Id
                    and m.AccountId = (select min(o.AccountId) from AccountMember o where o.PersonId = p.Id)
                    and {CompanyRule.OpenByPassword}
                left join Account a on a.Id = m.AccountId
                left join AccountAccess v on v.AccountId = m.AccountId
            where p.SubjectHash = @SubjectHash
                and p.ClosedAt is null
            """;
    }
}
