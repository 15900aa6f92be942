using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.AspNetCore.DataProtection;

namespace Portal.Identity.Factors;

/// <summary>
/// Somebody whose password was right and whose second factor is still to come. It lies sealed in a cookie, for a few minutes, for the
/// one request to sign in that it was typed for; it opens nothing by itself.
/// </summary>
internal sealed record HalfSignedIn(PersonId Person, string QueryHash, DateTimeOffset At)
{
    private const string Cookie = "__Host-portal-factor";
    private static readonly TimeSpan Length = TimeSpan.FromMinutes(10);

    public Proof Proof => Proof.Password(At);

    public static void Keep(HttpContext context, IDataProtectionProvider protection, PersonId person, DateTimeOffset now)
    {
        var half = new HalfSignedIn(person, Secrets.Hash(QueryOf(context.Request)), now);
        context.Response.Cookies.Append(Cookie, Protector(protection).Protect(JsonSerializer.Serialize(half)), Rules());
    }

    public static HalfSignedIn? Find(HttpContext context, IDataProtectionProvider protection, DateTimeOffset now)
    {
        if (!context.Request.Cookies.TryGetValue(Cookie, out var text)) return null;
        try
        {
            var half = JsonSerializer.Deserialize<HalfSignedIn>(Protector(protection).Unprotect(text));
            return half is not null && half.At > now - Length && half.QueryHash == Secrets.Hash(QueryOf(context.Request)) ? half : null;
        }
        catch (CryptographicException)
        {
            return null; // made by nobody here
        }
    }

    /// <summary>The request to sign in, without the name of the button that was pressed.</summary>
    public static string QueryOf(HttpRequest request)
    {
        var query = request.QueryString.ToString();
        var handler = query.LastIndexOf("&handler=", StringComparison.Ordinal);
        return handler < 0 ? query : query[..handler];
    }

    public static void Forget(HttpContext context)
    {
        if (context.Request.Cookies.ContainsKey(Cookie)) context.Response.Cookies.Delete(Cookie, Rules());
    }

    private static IDataProtector Protector(IDataProtectionProvider protection) => protection.CreateProtector("Portal.Identity.Factors.HalfSignedIn");

    private static CookieOptions Rules() =>
        new() { Secure = true, HttpOnly = true, SameSite = SameSiteMode.Lax, Path = "/", IsEssential = true };
}
