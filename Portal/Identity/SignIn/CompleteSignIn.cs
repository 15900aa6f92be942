using Database;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.Options;
using Portal.Accounts;
using Portal.Audit;
using Portal.Identity.Companies;
using Portal.Identity.Factors;
using Portal.Identity.Sessions;

namespace Portal.Identity.SignIn;

/// <summary>Turns a checked ID token into a session.</summary>
internal sealed class CompleteSignIn(
    Db db, IOptions<IdentityOptions> options, RequireFactor require, PublicAddress address, IDataProtectionProvider protection, TimeProvider clock)
{
    private readonly IDataProtector tokens = protection.CreateProtector("Portal.Identity.SignIn.IdToken");

    public async Task<SignInOutcome> Run(SignInAnswer answer)
    {
        var now = clock.GetUtcNow();
        var secret = Secrets.New();
        var key = answer.Issuer.Key;
        var kept = tokens.Protect(answer.IdToken);
        var company = Id.TryParse<CompanyIssuerId>(key, out var id) ? await CompanyIssuer.ById(db, id) : null;
        return await db.Write<SignInOutcome>(async tx =>
        {
            var who = key switch
            {
                IssuerSettings.Deployment => await Customer(tx, answer, now),
                IssuerSettings.Staff => await StaffSignIn.Run(tx, options.Value.Staff, answer, WantsTwoOfStaff, now),
                _ => company is { IsOn: true } ? await CompanySignIn.Run(tx, company, answer, now) : new SignInOutcome.Closed(),
            };
            if (who.Refusal is { } refusal) return refusal;
            var (person, account) = (who.Person!.Value, who.Account);
            var entry = Entry("identity.signed_in", answer, person, account) with { Resource = key, After = new { answer.Subject.Proof.Amr } };
            if (answer.Before is { } before)
            {
                // somebody who shows again who they are keeps the session, where the same issuer says it
                var session = SessionId.From(before.SessionId);
                if (before.IssuerKey == key && await PortalSession.Renew(tx, session, person, kept, answer.Subject.Proof, secret))
                {
                    await tx.Record(entry with { Action = "identity.confirmed", Resource = before.SessionId }, now);
                    return new SignInOutcome.Welcome(secret);
                }

                await PortalSession.Revoke(tx, before.PersonId, session, now);
            }

            await Devices.TellOfNew(tx, person, answer.Ip, answer.UserAgent, address, now);
            await tx.Record(entry with { AccountId = account }, now);
            var length = company is null ? options.Value.SessionLength : Shorter(options.Value.SessionLength, options.Value.Companies.SessionLength);
            await PortalSession.Start(
                tx, person, account, answer.Ip, answer.UserAgent, kept, answer.Subject.Proof, now + length, secret, now);
            if (key != IssuerSettings.Deployment || !options.Value.IsOwnProvider)
                await SessionOrigin.Remember(tx, secret, answer.Issuer, answer.Subject, now);
            return new SignInOutcome.Welcome(secret);
        });
    }

    /// <summary>The ID token of a session, to show it to the issuer at sign-out; null when it cannot be read any more.</summary>
    public async Task<string?> IdToken(SessionId session)
    {
        try
        {
            return await PortalSession.IdToken(db, session) is { } kept ? tokens.Unprotect(kept) : null;
        }
        catch (System.Security.Cryptography.CryptographicException)
        {
            return null; // the keys were changed since
        }
    }

    public static AuditEntry Entry(string action, SignInAnswer answer, PersonId? person, AccountId? account) => new(action)
    {
        PersonId = person,
        AccountId = account,
        Ip = answer.Ip,
        UserAgent = answer.UserAgent,
    };

    private async Task<Recognised> Customer(Tx tx, SignInAnswer answer, DateTimeOffset now)
    {
        var (person, refusal) = await Who(tx, answer, now);
        if (refusal is not null) return refusal;
        if (person is not { } found) return new SignInOutcome.Closed();
        if (await tx.Query<Membership>(Membership.Sql.Open, new { PersonId = found }) is [var first, ..])
            return Recognised.As(found, first.AccountId);
        return await tx.One<CompanyIssuer>(Sql.CompanyOf, new { PersonId = found }) is { } company
            ? new SignInOutcome.CompanyOnly(company)
            : Recognised.As(found, null);
    }

    private async Task<(PersonId? Person, SignInOutcome? Refusal)> Who(Tx tx, SignInAnswer answer, DateTimeOffset now)
    {
        var subject = answer.Subject;
        if (options.Value.IsOwnProvider)
        {
            var own = Id.TryParse<PersonId>(subject.Id, out var id) ? await tx.One<Person>(Person.Sql.ById, new { Id = id }) : null;
            return (own?.Id, null);
        }

        if (await KnownPerson.Find(tx, subject) is { } known) return known.ClosedAt is null ? (known.Id, null) : (null, new SignInOutcome.Closed());
        if (subject.EmailVerified != true || !SignUp.EmailAddress.IsGood(subject.Email)) return (null, new SignInOutcome.AddressNotVerified());
        var name = Texts.Cut(subject.Name is { Length: > 0 } said ? said : subject.Email, 120);
        var created = await CreatePerson.Run(
            tx,
            new NewPerson(subject.Email, name) { Issuer = subject.Issuer, Subject = subject.Id, Ip = answer.Ip, UserAgent = answer.UserAgent },
            now);
        if (created is not { } person) return (null, new SignInOutcome.AddressTaken());
        await CreateAccount.Run(tx, name, person, now);
        return (person, null);
    }

    // only where the operator has said which words of the issuer mean two factors
    private bool WantsTwoOfStaff => require.OfStaff && options.Value.ForeignAcr is not null;

    private static TimeSpan Shorter(TimeSpan one, TimeSpan other) => one < other ? one : other;

    internal static class Sql
    {
        public const string CompanyOf = """
            -- all accounts: why none of a person's accounts opens
            select c.Id, c.AccountId, a.Name as AccountName, c.Issuer, c.IsOn
            from AccountMember m
                join CompanyIssuer c on c.AccountId = m.AccountId
                join Account a on a.Id = m.AccountId
                join Person p on p.Id = m.PersonId
            where m.PersonId = @PersonId
                and p.StaffRole is null
                and a.State = 'active'
                and c.IsOn = 1
                and c.Id = (
                    select min(x.Id)
                    from CompanyIssuer x
                        join AccountMember y on y.AccountId = x.AccountId
                    where y.PersonId = @PersonId
                        and x.IsOn = 1
                )
            """;
    }
}

/// <summary>Somebody whom an issuer of the deployment or of staff has brought before.</summary>
internal sealed record KnownPerson
{
    public PersonId Id { get; init; }

    public string? StaffRole { get; init; }

    public DateTimeOffset? ClosedAt { get; init; }

    public static Task<KnownPerson?> Find(Tx tx, Subject subject) =>
        tx.One<KnownPerson>(Sql.BySubject, new { SubjectHash = CreatePerson.SubjectHash(subject.Issuer, subject.Id) });

    internal static class Sql
    {
        public const string BySubject = "select Id, StaffRole, ClosedAt from Person where SubjectHash = @SubjectHash";
    }
}
