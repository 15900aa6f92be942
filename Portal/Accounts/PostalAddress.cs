using Database;
using Portal.Identity;

namespace Portal.Accounts;

/// <summary>Where post reaches a person; not where invoices are made out to, which is the account's billing details.</summary>
internal sealed record PostalAddress
{
    public string Line1 { get; init; } = "";

    public string? Line2 { get; init; }

    public string City { get; init; } = "";

    public string PostCode { get; init; } = "";

    public string Country { get; init; } = "";

    /// <summary>In one line.</summary>
    public string Line => string.Join(", ", ((string?[])[Line1, Line2, $"{City} {PostCode}".Trim(), Country]).Where(part => !string.IsNullOrEmpty(part)));

    public static Task<PostalAddress?> Of(Db db, PersonId person) => db.One<PostalAddress>(Sql.Of, new { PersonId = person });

    /// <summary>What is wrong, by field. All empty is good: it takes the address back.</summary>
    public IEnumerable<(string Field, string Message)> Wrong()
    {
        if (IsEmpty) yield break;
        if (!Fits(Line1, 120)) yield return (nameof(Line1), "Enter the street and house number, at most 120 characters.");
        if (Line2?.Length > 120) yield return (nameof(Line2), "Use at most 120 characters.");
        if (!Fits(City, 60)) yield return (nameof(City), "Enter the town, at most 60 characters.");
        if (!Fits(PostCode, 12)) yield return (nameof(PostCode), "Enter the PIN or postal code.");
        if (!Fits(Country, 60)) yield return (nameof(Country), "Enter the country.");
    }

    /// <summary>False when it is the address that was there before.</summary>
    public async Task<bool> Save(Tx tx, PersonId person, DateTimeOffset now)
    {
        var before = await tx.One<PostalAddress>(Sql.Of, new { PersonId = person });
        if (before is null ? IsEmpty : before == this) return false;
        await tx.Execute(Sql.Clear, new { PersonId = person });
        if (!IsEmpty) await tx.Execute(Sql.Save, new { PersonId = person, Line1, Line2, City, PostCode, Country, Now = now });
        return true;
    }

    private bool IsEmpty => Line1.Length == 0 && string.IsNullOrEmpty(Line2) && City.Length == 0 && PostCode.Length == 0;

    private static bool Fits(string text, int most) => text.Length > 0 && text.Length <= most && !text.Any(char.IsControl);

    internal static class Sql
    {
        public const string Of = "select Line1, Line2, City, PostCode, Country from PostalAddress where PersonId = @PersonId";

        public const string Clear = "delete from PostalAddress where PersonId = @PersonId";

        public const string Save = """
            insert into PostalAddress (PersonId, Line1, Line2, City, PostCode, Country, SavedAt)
            values (@PersonId, @Line1, @Line2, @City, @PostCode, @Country, @Now)
            """;
    }
}
