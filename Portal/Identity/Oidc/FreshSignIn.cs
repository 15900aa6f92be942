using System.Globalization;
using System.Security.Cryptography;
using Database;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Options;
using Portal.Accounts;
using Portal.Identity.Factors;
using Portal.Identity.Sessions;

namespace Portal.Identity.Oidc;

/// <summary>
/// Lets somebody who has just proved who they are go on with another client's request. The provider has no session of its own, so the
/// portal's begins here; a mark in the address says that what <c>prompt=login</c> or <c>max_age</c> asked for was done.
/// </summary>
internal sealed class FreshSignIn(Db db, IOptions<IdentityOptions> options, IDataProtectionProvider protection, TimeProvider clock)
{
    private const string Mark = "signed_in";
    private const string Button = "handler";
    private static readonly TimeSpan Length = TimeSpan.FromMinutes(10);
    private readonly IDataProtector protector = protection.CreateProtector("Portal.Identity.Oidc.FreshSignIn");

    /// <summary>The portal gets its code; another program gets nothing before the person has said yes (RFC 8252 section 8.6).</summary>
    public async Task<string> GoOn(HttpContext context, AuthorizeRequest.Asked asked, PersonId person, Proof proof, PublicAddress address) =>
        asked.Client.IsPortal
            ? await Authorize.Approve(db, asked, person, null, address, proof, clock.GetUtcNow())
            : await Begin(context, person, proof);

    /// <summary>Begins the session, or renews the browser's own; returns where the request goes on.</summary>
    private async Task<string> Begin(HttpContext context, PersonId person, Proof proof)
    {
        var now = clock.GetUtcNow();
        var secret = Secrets.New();
        var before = context.SignedInOrNull();
        var (ip, userAgent) = (context.Ip(), context.UserAgent());
        await db.Write(async tx =>
        {
            // a new secret at each sign-in: what somebody planted before is worth nothing (session fixation)
            if (before?.PersonId == person)
            {
                await tx.Execute(Sql.Renew, new { Id = before.SessionId, TokenHash = Secrets.Hash(secret), AuthenticatedAt = proof.At, proof.Amr, proof.SecondFactorAt });
                return;
            }

            if (before is not null) await PortalSession.Revoke(tx, before.PersonId, SessionId.From(before.SessionId), now);
            var accounts = await tx.Query<Membership>(Membership.Sql.Open, new { PersonId = person });
            var account = accounts.Count > 0 ? accounts[0].AccountId : (AccountId?)null;
            await PortalSession.Start(tx, person, account, ip, userAgent, null, proof, now + options.Value.SessionLength, secret, now);
        });
        context.Response.Cookies.Append(SessionHandler.Cookie, secret, SessionHandler.CookieRules);
        var query = QueryHelpers.ParseQuery(context.Request.QueryString.Value);
        query.Remove(Mark);
        query.Remove(Button);
        var until = (now + Length).ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        query[Mark] = protector.Protect($"{person.Value} {until} {RequestHash(context.Request.Query)}");
        return Authorize.Path + QueryString.Create(query);
    }

    /// <summary>Whether the person signed in for this very request.</summary>
    public bool IsMarked(HttpContext context, PersonId person, DateTimeOffset now)
    {
        if (context.Request.Query[Mark].ToString() is not { Length: > 0 } mark) return false;
        try
        {
            return protector.Unprotect(mark).Split(' ') is [var who, var until, var request]
                && who == person.Value
                && long.Parse(until, CultureInfo.InvariantCulture) > now.ToUnixTimeSeconds()
                && request == RequestHash(context.Request.Query);
        }
        catch (CryptographicException)
        {
            return false;
        }
    }

    private static string RequestHash(IQueryCollection query) => Secrets.Hash(string.Join(
        '&', query.Where(pair => pair.Key is not (Mark or Button)).OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => $"{pair.Key}={pair.Value}")));

    internal static class Sql
    {
        // what other programs got in this session goes on
        public const string Renew = """
            -- all accounts: by the session's own id
            update PortalSession
            set TokenHash = @TokenHash, AuthenticatedAt = @AuthenticatedAt, Amr = @Amr, SecondFactorAt = @SecondFactorAt
            where Id = @Id
                and RevokedAt is null
            """;
    }
}
