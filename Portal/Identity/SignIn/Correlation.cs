using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.DataProtection;

namespace Portal.Identity.SignIn;

/// <summary>What the browser keeps while it is away at the issuer. One cookie a try, so that two tabs do not disturb one another.</summary>
internal sealed record Correlation(string State, string Nonce, string Verifier, string ReturnTo, DateTimeOffset StartedAt)
{
    /// <summary>The issuer that was asked: nobody else's answer counts (RFC 9700 section 4.4).</summary>
    public string IssuerKey { get; init; } = IssuerSettings.Deployment;

    /// <summary>The person who, signed in, wants to sign in through this issuer from now on.</summary>
    public string? Joins { get; init; }

    /// <summary>Set when somebody shows again who they are: how long ago it may have been (OpenID Connect Core 3.1.2.1, <c>max_age</c>).</summary>
    public TimeSpan? FreshFor { get; init; }

    /// <summary>The <c>acr_values</c> to ask for.</summary>
    public string? Acr { get; init; }

    /// <summary>RFC 7636 section 4.2.</summary>
    [JsonIgnore]
    public string Challenge => Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(Verifier)));

    private const string Prefix = "__Host-portal-signin-";
    private const int MostAtOnce = 5;
    private static readonly TimeSpan Length = TimeSpan.FromMinutes(30);

    public static Correlation New(string issuerKey, string? returnTo, DateTimeOffset now) =>
        new(Secrets.New(), Secrets.New(), Secrets.New(), Texts.LocalPath(returnTo), now) { IssuerKey = issuerKey };

    public void Keep(HttpContext context, IDataProtectionProvider protection)
    {
        var before = context.Request.Cookies.Keys.Where(name => name.StartsWith(Prefix, StringComparison.Ordinal)).ToList();
        if (before.Count >= MostAtOnce) before.ForEach(name => context.Response.Cookies.Delete(name, Rules()));
        var text = Protector(protection).Protect(JsonSerializer.Serialize(this));
        context.Response.Cookies.Append(Name(State), text, Rules());
    }

    /// <summary>Takes the cookie that belongs to the state; null when this browser asked nothing of the kind.</summary>
    public static Correlation? Take(HttpContext context, IDataProtectionProvider protection, string state, DateTimeOffset now)
    {
        if (state.Length != 43 || !context.Request.Cookies.TryGetValue(Name(state), out var text)) return null;
        context.Response.Cookies.Delete(Name(state), Rules());
        try
        {
            var kept = JsonSerializer.Deserialize<Correlation>(Protector(protection).Unprotect(text));
            return kept is not null && Secrets.Same(kept.State, state) && kept.StartedAt > now - Length ? kept : null;
        }
        catch (CryptographicException)
        {
            return null; // made by nobody here: the same as none
        }
    }

    /// <summary>Forgets tries that were begun and not finished: this browser is signed in now.</summary>
    public static void Clear(HttpContext context)
    {
        foreach (var name in context.Request.Cookies.Keys.Where(name => name.StartsWith(Prefix, StringComparison.Ordinal)))
            context.Response.Cookies.Delete(name, Rules());
    }

    private static string Name(string state) => Prefix + Secrets.Hash(state)[..12];

    private static IDataProtector Protector(IDataProtectionProvider protection) => protection.CreateProtector("Portal.Identity.SignIn.Correlation");

    private static CookieOptions Rules() =>
        new() { Secure = true, HttpOnly = true, SameSite = SameSiteMode.Lax, Path = "/", IsEssential = true };
}
