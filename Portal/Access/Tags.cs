using Database;
using Portal.Accounts;

namespace Portal.Access;

/// <summary>The tags of a resource: words by which access is given and lists are sorted.</summary>
internal static class Tags
{
    public const int Longest = 40;
    public const int Most = 20;

    public static string Rule { get; } = $"At most {Most} tags of small letters, digits and - : _ . with blanks between them, such as env:prod shop.";


    /// <summary>Small letters, digits, dashes and colons: <c>env:prod</c>.</summary>
    public static bool IsGood(string tag) =>
        tag.Length is > 0 and <= Longest && tag.All(sign => char.IsAsciiLetterLower(sign) || char.IsAsciiDigit(sign) || sign is '-' or ':' or '_' or '.');

    public static Task<IReadOnlyList<string>> Of(Db db, AccountId account, string resource) =>
        db.Query<string>(Sql.Of, new { AccountId = account, ResourceId = resource });

    /// <summary>Every tag that is in use.</summary>
    public static Task<IReadOnlyList<string>> OfAccount(Db db, AccountId account) => db.Query<string>(Sql.OfAccount, new { AccountId = account });

    /// <summary>Gives the resource these tags and no others.</summary>
    public static async Task Set(Tx tx, AccountId account, string resource, IReadOnlyCollection<string> tags, DateTimeOffset now)
    {
        await AccessVersion.Bump(tx, account);
        await tx.Execute(Sql.Clear, new { AccountId = account, ResourceId = resource });
        foreach (var tag in tags.Distinct(StringComparer.Ordinal))
            await tx.Execute(Sql.Add, new { AccountId = account, ResourceId = resource, Tag = tag, Now = now });
    }

    internal static class Sql
    {
        public const string Of = "select Tag from ResourceTag where AccountId = @AccountId and ResourceId = @ResourceId order by Tag";

        public const string OfAccount = "select distinct Tag from ResourceTag where AccountId = @AccountId order by Tag";

        public const string Clear = "delete from ResourceTag where AccountId = @AccountId and ResourceId = @ResourceId";

        public const string Add = "insert into ResourceTag (AccountId, ResourceId, Tag, AddedAt) values (@AccountId, @ResourceId, @Tag, @Now)";
    }
}
