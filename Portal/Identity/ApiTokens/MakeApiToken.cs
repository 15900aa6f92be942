using Database;
using Portal.Audit;
using Portal.Identity.Applications;
using Portal.Identity.Oidc;

namespace Portal.Identity.ApiTokens;

/// <summary>A token to make.</summary>
internal sealed record NewApiToken
{
    public const int UsualDays = 90;
    public const int MostDays = 365;

    public string Name { get; init; } = "";

    public IReadOnlyList<string> Permissions { get; init; } = [];

    /// <summary>Addresses and networks, separated by blanks, commas or lines; empty for everywhere.</summary>
    public string IpAllowList { get; init; } = "";

    public int Days { get; init; } = UsualDays;

    /// <summary>The service account it is for; null for the maker.</summary>
    public string? ServiceAccount { get; init; }

    public IEnumerable<ApplicationTrouble> Troubles()
    {
        if (Name.Trim().Length is 0 or > 80 || Name.Any(char.IsControl))
            yield return new(nameof(Name), "name_invalid", "Say what the token is for, in at most 80 characters.");
        if (Permissions.Count == 0) yield return new(nameof(Permissions), "permissions_missing", "Choose what the token may do.");
        if (Permissions.Any(code => !Access.Permissions.Exists(code)))
            yield return new(nameof(Permissions), "permission_unknown", "One of these permissions does not exist.");
        if (Days is < 1 or > MostDays) yield return new(nameof(Days), "days_invalid", $"A token is good for 1 to {MostDays} days.");
        foreach (var trouble in Networks.Troubles(nameof(IpAllowList), IpAllowList)) yield return trouble;
    }
}

/// <summary>What became of a token to make.</summary>
internal abstract record MakeTokenOutcome
{
    private MakeTokenOutcome()
    {
    }

    public sealed record Made(ApiTokenId Id, DateTimeOffset ExpiresAt) : MakeTokenOutcome;

    public sealed record Refused(IReadOnlyList<ApplicationTrouble> Troubles) : MakeTokenOutcome;
}

/// <summary>Makes an API token. It can do what was chosen for it and, for a person's, never more than the person.</summary>
internal static class MakeApiToken
{
    private const int MostOfAccount = 200;

    /// <param name="secret">From <see cref="Secrets.NewMarked"/>; shown once by the caller.</param>
    /// <param name="may">Whether the maker has a permission.</param>
    public static async Task<MakeTokenOutcome> Run(
        Tx tx, SignedIn by, NewApiToken wanted, string secret, Func<string, bool> may, AuditEntry entry, DateTimeOffset now)
    {
        var troubles = wanted.Troubles().ToList();
        if (wanted.Permissions.FirstOrDefault(code => !may(code)) is { } beyond)
            troubles.Add(new(nameof(wanted.Permissions), "permission_not_yours", $"You do not have {beyond} yourself, so you cannot give it."));
        OidcClient? service = null;
        if (wanted.ServiceAccount is { Length: > 0 } named)
        {
            service = Id.TryParse<OidcClientId>(named, out var id)
                ? await Application.One(tx, by.AccountId, id)
                : null;
            if (service is not { Kind: OidcClient.Service })
                troubles.Add(new(nameof(wanted.ServiceAccount), "no_service_account", "This account has no such service account."));
        }

        if (await tx.One<int>(Sql.Count, new { by.AccountId, Now = now }) >= MostOfAccount)
            troubles.Add(new(nameof(wanted.Name), "too_many", $"An account has at most {MostOfAccount} tokens; revoke one first."));
        if (troubles.Count > 0) return new MakeTokenOutcome.Refused(troubles);

        var token = Id.New<ApiTokenId>(now);
        var expiresAt = now.AddDays(wanted.Days);
        await tx.Execute(Sql.Add, new
        {
            Id = token,
            TokenHash = Secrets.Hash(secret),
            by.AccountId,
            PersonId = service?.ServicePersonId ?? by.PersonId,
            ClientId = service?.Id.Value,
            Name = wanted.Name.Trim(),
            Permissions = string.Join(' ', wanted.Permissions.Distinct(StringComparer.Ordinal)),
            IpAllowList = Networks.Kept(wanted.IpAllowList),
            Hint = secret[^4..],
            CreatedBy = by.PersonId,
            Now = now,
            ExpiresAt = expiresAt,
        });
        await tx.Record(entry with { Action = "identity.api_token_made", Resource = token.Value, After = wanted }, now);
        return new MakeTokenOutcome.Made(token, expiresAt);
    }

    internal static class Sql
    {
        public const string Count = "select count(*) from ApiToken where AccountId = @AccountId and RevokedAt is null and ExpiresAt > @Now";

        public const string Add = """
            insert into ApiToken (Id, TokenHash, AccountId, PersonId, ClientId, Name, Permissions, IpAllowList, Hint, CreatedBy, CreatedAt, ExpiresAt)
            values (@Id, @TokenHash, @AccountId, @PersonId, @ClientId, @Name, @Permissions, @IpAllowList, @Hint, @CreatedBy, @Now, @ExpiresAt)
            """;
    }
}
