using Database;

namespace Portal.Identity.Factors;

/// <summary>What somebody can show besides the password.</summary>
internal sealed record PersonFactors
{
    public int Apps { get; init; }

    public int Passkeys { get; init; }

    public bool HasApp => Apps > 0;

    public bool HasPasskey => Passkeys > 0;

    public bool Any => HasApp || HasPasskey;

    public static async Task<PersonFactors> Of(Db db, PersonId person) => await db.One<PersonFactors>(Sql.Of, new { PersonId = person }) ?? new();

    public static async Task<PersonFactors> Of(Tx tx, PersonId person) => await tx.One<PersonFactors>(Sql.Of, new { PersonId = person }) ?? new();

    internal static class Sql
    {
        public const string Of = """
            select (select count(*) from Totp where PersonId = @PersonId) as Apps,
                (select count(*) from Passkey where PersonId = @PersonId) as Passkeys
            """;
    }
}
