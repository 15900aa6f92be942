using System.Security.Cryptography;
using Database;

namespace Portal.Identity.Factors;

/// <summary>Ten codes to write down, each good once, for the day the phone is lost. Random (79 bits), so kept as SHA-256.</summary>
internal static class RecoveryCodes
{
    public const int Count = 10;
    private const string Alphabet = "abcdefghjkmnpqrstuvwxyz23456789";   // nothing that is misread
    private const int Length = 16;

    /// <summary>New codes in place of all old ones; shown to the person and never again.</summary>
    public static async Task<IReadOnlyList<string>> Replace(Tx tx, PersonId person, DateTimeOffset now)
    {
        await tx.Execute(Sql.Remove, new { PersonId = person });
        var codes = Enumerable.Range(0, Count).Select(_ => New()).ToList();
        foreach (var code in codes) await tx.Execute(Sql.Add, new { PersonId = person, CodeHash = Secrets.Hash(Plain(code)), Now = now });
        return codes;
    }

    public static async Task<bool> Use(Tx tx, PersonId person, string typed, DateTimeOffset now) =>
        Plain(typed).Length == Length
        && await tx.Execute(Sql.Use, new { PersonId = person, CodeHash = Secrets.Hash(Plain(typed)), Now = now }) == 1;

    public static Task<int> Left(Db db, PersonId person) => db.One<int>(Sql.Left, new { PersonId = person });

    public static Task<int> Left(Tx tx, PersonId person) => tx.One<int>(Sql.Left, new { PersonId = person });

    public static Task Remove(Tx tx, PersonId person) => tx.Execute(Sql.Remove, new { PersonId = person });

    private static string New() => string.Join('-', Enumerable.Range(0, Length / 4)
        .Select(_ => string.Concat(Enumerable.Range(0, 4).Select(_ => Alphabet[RandomNumberGenerator.GetInt32(Alphabet.Length)]))));

    private static string Plain(string typed) => string.Concat(typed.Where(char.IsAsciiLetterOrDigit)).ToLowerInvariant();

    internal static class Sql
    {
        public const string Add = "insert into RecoveryCode (PersonId, CodeHash, CreatedAt) values (@PersonId, @CodeHash, @Now)";

        public const string Use = """
            update RecoveryCode
            set UsedAt = @Now
            where PersonId = @PersonId
                and CodeHash = @CodeHash
                and UsedAt is null
            """;

        public const string Left = "select count(*) from RecoveryCode where PersonId = @PersonId and UsedAt is null";

        public const string Remove = "delete from RecoveryCode where PersonId = @PersonId";
    }
}
