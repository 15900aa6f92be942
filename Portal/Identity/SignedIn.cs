using System.Collections.Frozen;
using System.Security.Claims;
using Portal.Accounts;

namespace Portal.Identity;

/// <summary>Who makes this request, and for which account.</summary>
/// <param name="AccountId">Empty for staff who belong to no account: finds no row.</param>
/// <param name="Role">
/// How they came to the account: <c>owner</c> opened it, <c>member</c> was invited, <c>service</c> is a service account; what they may do is
/// <c>HttpContext.Access()</c>.
/// </param>
/// <param name="SessionId">The browser session, or the token grant of an API request.</param>
/// <param name="StaffRole">Null for customers.</param>
public sealed record SignedIn(PersonId PersonId, AccountId AccountId, string Role, string SessionId, string FullName, string? StaffRole)
{
    /// <summary>The person's address.</summary>
    public string Email { get; init; } = "";

    /// <summary>The account's name; empty without one.</summary>
    public string AccountName { get; init; } = "";

    /// <summary>The version of the account's access when the session or token was read.</summary>
    public long AccessVersion { get; init; }

    /// <summary>When the person last proved who they are (UTC).</summary>
    public DateTimeOffset AuthenticatedAt { get; init; }

    /// <summary>How: values of RFC 8176 separated by blanks, e.g. <c>pwd otp mfa</c>; empty where the issuer did not say.</summary>
    public string Amr { get; init; } = "";

    /// <summary>When a second factor was last shown (UTC); null for one factor only.</summary>
    public DateTimeOffset? SecondFactorAt { get; init; }

    /// <summary>Staff who look into this account, which is not theirs; null otherwise.</summary>
    public Looking? Looking { get; init; }

    /// <summary>
    /// The permissions that the token leaves: whatever its holder may do, no others are allowed. Null for a browser session and a token without limit.
    /// </summary>
    public IReadOnlySet<string>? LimitedTo { get; init; }

    /// <summary>
    /// A service account: no person with a role, but what <see cref="LimitedTo"/> names, on the whole account. <see cref="PersonId"/> is the
    /// row that its acts are written down under.
    /// </summary>
    public bool IsService { get; init; }

    /// <summary>The OpenID client whose token was sent, or the API token's id; null in the browser.</summary>
    public string? ClientId { get; init; }

    internal static IReadOnlySet<string> Limits(string? permissions) =>
        (permissions ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries).ToFrozenSet(StringComparer.Ordinal);

    internal Factors.Proof Proof => new(AuthenticatedAt, Amr);

    /// <summary>The issuer that the session comes from: <c>portal</c>, <c>staff</c> or the id of a company's own.</summary>
    internal string IssuerKey { get; init; } = SignIn.IssuerSettings.Deployment;

    /// <summary>Whether a company's own issuer vouches for this person: good for that company's account and for nothing else of theirs.</summary>
    public bool IsByCompany => IssuerKey is not (SignIn.IssuerSettings.Deployment or SignIn.IssuerSettings.Staff);

    internal string? Company() => IsByCompany ? IssuerKey : null;

    internal ClaimsPrincipal Principal(string scheme)
    {
        var claims = new List<Claim> { new("sub", PersonId.Value), new("sid", SessionId), new("name", FullName) };
        if (StaffRole is { } role) claims.Add(new("staff", role));
        return new ClaimsPrincipal(new ClaimsIdentity(claims, scheme, "name", "staff"));
    }
}

/// <summary>A look of staff into a customer's account.</summary>
/// <param name="Id">The staff access.</param>
/// <param name="MayWrite">False: everything that may write is refused.</param>
/// <param name="Until">When it ends by itself (UTC).</param>
public sealed record Looking(string Id, bool MayWrite, DateTimeOffset Until);

/// <summary>Who is signed in, for pages and endpoints.</summary>
public static class SignedInContext
{
    /// <summary>Who makes this request; pages that anybody may read ask <see cref="SignedInOrNull"/>.</summary>
    /// <exception cref="InvalidOperationException">Nobody: the page lets in people who are not signed in.</exception>
    public static SignedIn SignedIn(this HttpContext context) => context.SignedInOrNull()
        ?? throw new InvalidOperationException("Nobody is signed in; this page is open to everybody and must ask SignedInOrNull.");

    /// <summary>Who makes this request, or null.</summary>
    public static SignedIn? SignedInOrNull(this HttpContext context) => context.Features.Get<SignedIn>();
}
