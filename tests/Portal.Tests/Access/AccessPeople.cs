using Portal.Access;
using Portal.Accounts;
using Portal.Identity;
using Portal.Identity.Factors;
using Portal.Identity.Sessions;
using Xunit;

namespace Portal.Tests.Access;

/// <summary>People of an account, each with a browser that is signed in.</summary>
internal static class AccessPeople
{
    /// <summary>Opens an account; its owner's browser.</summary>
    public static async Task<(AccountId Account, PersonId Owner, Browser Browser)> OpenAccount(this PortalUnderTest portal, string name)
    {
        var now = DateTimeOffset.UtcNow;
        var (person, account) = await portal.Db.Write(async tx =>
        {
            var made = await CreatePerson.Run(tx, new NewPerson(PortalUnderTest.EmailOf(name), name), now);
            return (made!.Value, await CreateAccount.Run(tx, $"{name}'s company", made.Value, now));
        });
        return (account, person, await portal.SignedIn(person, account));
    }

    /// <summary>Adds somebody to the account with the role on the scope; null is a member who may do nothing.</summary>
    public static async Task<(PersonId Person, Browser Browser)> Join(
        this PortalUnderTest portal, AccountId account, string name, string? role, AccessScope? scope = null)
    {
        var now = DateTimeOffset.UtcNow;
        var person = await portal.Db.Write(async tx =>
        {
            var made = await CreatePerson.Run(tx, new NewPerson(PortalUnderTest.EmailOf(name), name), now);
            await CreateAccount.Join(tx, account, made!.Value, "member", now);
            return made.Value;
        });
        if (role is not null) await portal.Give(account, person, role, scope);
        return (person, await portal.SignedIn(person, account));
    }

    /// <summary>Somebody who belongs to no account.</summary>
    public static async Task<PersonId> Person(this PortalUnderTest portal, string name, string? staffRole) => (await portal.Db.Write(tx =>
        CreatePerson.Run(tx, new NewPerson(PortalUnderTest.EmailOf(name), name) { StaffRole = staffRole }, DateTimeOffset.UtcNow)))!.Value;

    public static async Task<AccessGrantId> Give(
        this PortalUnderTest portal, AccountId account, PersonId person, string role, AccessScope? scope = null, DateTimeOffset? expiresAt = null, long? limit = null)
    {
        var outcome = await portal.Db.Write(tx => GiveAccess.Run(
            tx, account, new NewGrant(person.Value, role, scope ?? AccessScope.Whole) { ExpiresAt = expiresAt, SpendLimitPaise = limit }, null, null, DateTimeOffset.UtcNow));
        return Assert.IsType<GiveOutcome.Given>(outcome).Id;
    }

    public static Task<TakeOutcome> Take(this PortalUnderTest portal, AccountId account, AccessGrantId grant) =>
        portal.Db.Write(tx => TakeAccess.Run(tx, account, grant, null, null, DateTimeOffset.UtcNow));

    /// <summary>A browser with a session of the person, without the sign-in pages.</summary>
    public static async Task<Browser> SignedIn(this PortalUnderTest portal, PersonId person, AccountId? account)
    {
        var (browser, secret, now) = (portal.NewBrowser(), Secrets.New(), DateTimeOffset.UtcNow);
        await portal.Db.Write(tx => PortalSession.Start(tx, person, account, "127.0.0.1", "test", null, Proof.Password(now), now.AddHours(1), secret, now));
        browser.Cookies[SessionHandler.Cookie] = secret;
        return browser;
    }

    public static AccessScope On(string server) => new(AccessScope.Resource, server);
}
