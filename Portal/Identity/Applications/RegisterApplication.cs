using Database;
using Portal.Accounts;
using Portal.Audit;
using Portal.Identity.Oidc;

namespace Portal.Identity.Applications;

/// <summary>What became of an application to register.</summary>
internal abstract record RegisterOutcome
{
    private RegisterOutcome()
    {
    }

    /// <param name="Secret">Shown once; null for a public client and one with keys of its own.</param>
    public sealed record Registered(OidcClientId Id, string? Secret) : RegisterOutcome;

    public sealed record Refused(IReadOnlyList<ApplicationTrouble> Troubles) : RegisterOutcome;
}

/// <summary>Registers an application or a service account; used by the page, the API and the demo.</summary>
internal static class RegisterApplication
{
    private const int MostOfAccount = 50;

    /// <param name="account">Null for one of the provider's own.</param>
    /// <param name="may">Whether the maker has a permission: nobody gives what they do not hold.</param>
    public static async Task<RegisterOutcome> Run(
        Tx tx, AccountId? account, PersonId by, NewApplication wanted, string? secret, Func<string, bool> may, AuditEntry entry, DateTimeOffset now)
    {
        var troubles = wanted.Troubles(now).ToList();
        if (wanted.Permissions.FirstOrDefault(code => !may(code)) is { } beyond)
            troubles.Add(new(nameof(wanted.Permissions), "permission_not_yours", $"You do not have {beyond} yourself, so you cannot give it."));
        if (wanted.IsService && account is null) troubles.Add(new(nameof(wanted.Kind), "account_missing", "A service account belongs to an account."));
        if (account is not null && await tx.One<int>(Sql.Count, new { AccountId = account }) >= MostOfAccount)
            troubles.Add(new(nameof(wanted.Name), "too_many", $"An account has at most {MostOfAccount} applications; revoke one first."));
        if (troubles.Count > 0) return new RegisterOutcome.Refused(troubles);

        var id = Id.New<OidcClientId>(now);
        // its acts are written down under a row of its own; the address can never get a mail (RFC 2606 section 2)
        var service = wanted.IsService ? await CreatePerson.Run(tx, new NewPerson($"{id}@service.invalid", wanted.Name), now) : null;
        await tx.Execute(Sql.Add, new
        {
            Id = id,
            wanted.Kind,
            AccountId = account,
            ServicePersonId = service,
            Name = wanted.Name.Trim(),
            wanted.AuthMethod,
            Jwks = wanted.AuthMethod == ClientAuth.PrivateKeyJwt ? wanted.Jwks : null,
            RedirectUris = Lines(wanted.RedirectUris),
            PostLogoutRedirectUris = Lines(wanted.PostLogoutRedirectUris),
            BackchannelLogoutUri = wanted.BackchannelLogoutUri.Length > 0 ? wanted.BackchannelLogoutUri : null,
            Scopes = wanted.IsService ? "api" : string.Join(' ', wanted.Scopes.Where(scope => scope != "openid").Distinct(StringComparer.Ordinal)),
            GrantTypes = string.Join(' ', wanted.GrantTypes),
            Permissions = wanted.IsService ? string.Join(' ', wanted.Permissions.Distinct(StringComparer.Ordinal)) : null,
            IpAllowList = wanted.IsService ? Networks.Kept(wanted.IpAllowList) : null,
            wanted.RequirePar,
            wanted.DpopBound,
            IsResourceServer = wanted.IsResourceServer && account is null,
            CreatedBy = by,
            wanted.ExpiresAt,
            Now = now,
        });
        var shown = wanted.AuthMethod == ClientAuth.Secret ? secret : null;
        if (shown is not null) await ApplicationSecret.Add(tx, id, shown, null, now);
        await tx.Record(entry with { Action = "identity.application_registered", Resource = id.Value, After = wanted with { Jwks = "" } }, now);
        return new RegisterOutcome.Registered(id, shown);
    }

    private static string? Lines(IReadOnlyList<string> uris) => uris.Count == 0 ? null : string.Join('\n', uris);

    internal static class Sql
    {
        public const string Count = "select count(*) from OidcClient where AccountId = @AccountId and RevokedAt is null";

        public const string Add = """
            insert into OidcClient (Id, Kind, AccountId, ServicePersonId, Name, AuthMethod, Jwks, RedirectUris, PostLogoutRedirectUris,
                BackchannelLogoutUri, Scopes, GrantTypes, Permissions, IpAllowList, RequirePar, DpopBound, IsResourceServer, CreatedBy, CreatedAt, ExpiresAt)
            values (@Id, @Kind, @AccountId, @ServicePersonId, @Name, @AuthMethod, @Jwks, @RedirectUris, @PostLogoutRedirectUris,
                @BackchannelLogoutUri, @Scopes, @GrantTypes, @Permissions, @IpAllowList, @RequirePar, @DpopBound, @IsResourceServer, @CreatedBy, @Now, @ExpiresAt)
            """;
    }
}
