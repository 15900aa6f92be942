using Database;
using Microsoft.Extensions.Options;
using Portal.Accounts;
using Portal.Audit;
using Portal.Identity.Factors;
using Portal.Identity.Sessions;

namespace Portal.Identity.SignIn;

/// <summary>What became of a sign-in.</summary>
internal abstract record SignInOutcome
{
    private SignInOutcome()
    {
    }

    public sealed record Welcome(string Secret) : SignInOutcome;

    /// <summary>The foreign issuer vouches for an address that it has not verified.</summary>
    public sealed record AddressNotVerified : SignInOutcome;

    /// <summary>The address belongs to somebody who signs in otherwise; joining the two silently would hand the account over.</summary>
    public sealed record AddressTaken : SignInOutcome;

    public sealed record Closed : SignInOutcome;
}

/// <summary>Turns a checked ID token into a session.</summary>
internal sealed class CompleteSignIn(Db db, IOptions<IdentityOptions> options, PublicAddress address, TimeProvider clock)
{
    /// <param name="before">The session this browser has; its person only shows again who they are.</param>
    public async Task<SignInOutcome> Run(Subject subject, string idToken, SignedIn? before, string ip, string userAgent)
    {
        var now = clock.GetUtcNow();
        var secret = Secrets.New();
        return await db.Write<SignInOutcome>(async tx =>
        {
            PersonId person;
            switch (await Who(tx, subject, ip, userAgent, now))
            {
                case (null, { } refusal): return refusal;
                case ({ } found, _): person = found; break;
                default: return new SignInOutcome.Closed();
            }

            var entry = new AuditEntry("identity.signed_in") { PersonId = person, Ip = ip, UserAgent = userAgent, After = new { subject.Proof.Amr } };
            if (before is not null)
            {
                var session = SessionId.From(before.SessionId);
                if (await PortalSession.Renew(tx, session, person, idToken, subject.Proof, secret))
                {
                    await tx.Record(entry with { Action = "identity.confirmed", Resource = before.SessionId }, now);
                    return new SignInOutcome.Welcome(secret);
                }

                await PortalSession.Revoke(tx, before.PersonId, session, now);
            }

            await Devices.TellOfNew(tx, person, ip, userAgent, address, now);
            var accounts = await tx.Query<Membership>(Membership.Sql.Of, new { PersonId = person });
            var account = accounts.Count > 0 ? accounts[0].AccountId : (AccountId?)null;
            await PortalSession.Start(
                tx, person, account, ip, userAgent, idToken, subject.Proof, now + options.Value.SessionLength, secret, now);
            await tx.Record(entry with { AccountId = account }, now);
            return new SignInOutcome.Welcome(secret);
        });
    }

    private async Task<(PersonId? Person, SignInOutcome? Refusal)> Who(Tx tx, Subject subject, string ip, string userAgent, DateTimeOffset now)
    {
        if (options.Value.IsOwnProvider)
        {
            var own = Id.TryParse<PersonId>(subject.Id, out var id) ? await tx.One<Person>(Person.Sql.ById, new { Id = id }) : null;
            return (own?.Id, null);
        }

        var hash = CreatePerson.SubjectHash(subject.Issuer, subject.Id);
        if (await tx.One<Known>(Sql.BySubject, new { SubjectHash = hash }) is { } known)
            return known.ClosedAt is null ? (known.Id, null) : (null, new SignInOutcome.Closed());
        if (!subject.EmailVerified || !SignUp.EmailAddress.IsGood(subject.Email)) return (null, new SignInOutcome.AddressNotVerified());
        var name = Texts.Cut(subject.Name is { Length: > 0 } said ? said : subject.Email, 120);
        var created = await CreatePerson.Run(
            tx, new NewPerson(subject.Email, name) { Issuer = subject.Issuer, Subject = subject.Id, Ip = ip, UserAgent = userAgent }, now);
        if (created is not { } person) return (null, new SignInOutcome.AddressTaken());
        await CreateAccount.Run(tx, name, person, now);
        return (person, null);
    }

    private sealed record Known
    {
        public PersonId Id { get; init; }

        public DateTimeOffset? ClosedAt { get; init; }
    }

    internal static class Sql
    {
        public const string BySubject = "select Id, ClosedAt from Person where SubjectHash = @SubjectHash";
    }
}
