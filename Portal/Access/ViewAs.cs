using Database;
using Portal.Identity;

namespace Portal.Access;

/// <summary>The account is looked at as somebody else of it sees it; nothing can be changed meanwhile.</summary>
internal sealed record ViewAs(PersonId PersonId, string FullName)
{
    private const string Cookie = "__Host-view-as";

    private static readonly CookieOptions Rules = new()
    {
        Secure = true,
        HttpOnly = true,
        SameSite = SameSiteMode.Strict,
        Path = "/",
        IsEssential = true,
    };

    // the cookie is a wish, not a right: whether it is granted is asked again at each request, and it ends with the session
    public static void Begin(HttpContext context, PersonId person) =>
        context.Response.Cookies.Append(Cookie, $"{context.SignedIn().SessionId}.{person}", Rules);

    /// <summary>Whether they may look as others: only who may do everything in the account.</summary>
    public static bool MayLook(RequestAccess access) => Permissions.All.All(one => access.CanOnAll(one.Code));

    public static void End(HttpContext context) => context.Response.Cookies.Delete(Cookie, Rules);

    /// <summary>Whom an owner looks as; null for everybody else.</summary>
    public static async Task<ViewAs?> Wanted(HttpContext context, SignedIn who, RequestAccess own)
    {
        if (!context.Request.Cookies.TryGetValue(Cookie, out var wish) || wish is null) return null;
        if (wish.Split('.') is not [var session, var id] || session != who.SessionId || !Id.TryParse<PersonId>(id, out var person)) return null;
        // who looks as somebody else sees what they see: only who may do everything sees nothing new by it
        if (person == who.PersonId || !MayLook(own)) return null;
        var name = await context.RequestServices.GetRequiredService<Db>().One<string>(Sql.Name, new { who.AccountId, PersonId = person });
        return name is null ? null : new ViewAs(person, name);
    }

    internal static class Sql
    {
        public const string Name = """
            select p.FullName
            from AccountMember m
                join Person p on p.Id = m.PersonId
            where m.AccountId = @AccountId
                and m.PersonId = @PersonId
            """;
    }
}
