using Database;
using Portal.Accounts;

namespace Portal.Identity.Oidc;

internal readonly record struct RememberedConsentId(string Value) : IId<RememberedConsentId>
{
    public static string Prefix => "cns";

    public static RememberedConsentId From(string value) => new(value);

    public override string ToString() => Value;
}

/// <summary>A yes that somebody gave to a client, so that they are not asked again for the same or less.</summary>
internal sealed record RememberedConsent
{
    public RememberedConsentId Id { get; init; }

    public string ClientId { get; init; } = "";

    /// <summary>The client may act in this account only.</summary>
    public AccountId? AccountId { get; init; }

    public string Scope { get; init; } = "";

    public DateTimeOffset CreatedAt { get; init; }

    public bool Covers(string scope) => !scope.Split(' ').Except(Scope.Split(' '), StringComparer.Ordinal).Any();

    /// <summary>What stands, newest first.</summary>
    public static Task<IReadOnlyList<RememberedConsent>> Of(Db db, PersonId person, string clientId) =>
        db.Query<RememberedConsent>(Sql.OfClient, new { PersonId = person, ClientId = clientId });

    public static async Task Add(Tx tx, PersonId person, string clientId, AccountId? account, string scope, DateTimeOffset now)
    {
        await Withdraw(tx, person, clientId, now);
        await tx.Execute(Sql.Add, new
        {
            Id = Database.Id.New<RememberedConsentId>(now),
            PersonId = person,
            AccountId = account,
            ClientId = clientId,
            Scope = scope,
            Now = now,
        });
    }

    public static Task<int> Withdraw(Tx tx, PersonId person, string clientId, DateTimeOffset now) =>
        tx.Execute(Sql.Withdraw, new { PersonId = person, ClientId = clientId, Now = now });

    internal static class Sql
    {
        public const string OfClient = """
            -- all accounts: a person's own answers
            select Id, ClientId, AccountId, Scope, CreatedAt
            from RememberedConsent
            where PersonId = @PersonId
                and ClientId = @ClientId
                and WithdrawnAt is null
            order by CreatedAt desc, Id desc
            """;

        public const string Add = """
            insert into RememberedConsent (Id, PersonId, AccountId, ClientId, Scope, CreatedAt)
            values (@Id, @PersonId, @AccountId, @ClientId, @Scope, @Now)
            """;

        public const string Withdraw = """
            -- all accounts: a person takes their own answer back
            update RememberedConsent
            set WithdrawnAt = @Now
            where PersonId = @PersonId
                and ClientId = @ClientId
                and WithdrawnAt is null
            """;
    }
}
