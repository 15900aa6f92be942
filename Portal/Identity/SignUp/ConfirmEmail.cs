using Database;
using Portal.Accounts;
using Portal.Audit;

namespace Portal.Identity.SignUp;

/// <summary>What became of a link that was followed.</summary>
internal abstract record ConfirmOutcome
{
    private ConfirmOutcome()
    {
    }

    public sealed record Confirmed(PersonId Person, AccountId Account) : ConfirmOutcome;

    /// <summary>Followed before: twice is harmless, the account is there.</summary>
    public sealed record AlreadyConfirmed : ConfirmOutcome;

    public sealed record NotGood : ConfirmOutcome;
}

/// <summary>Follows a confirmation link: the person and their account come to be in one transaction.</summary>
internal static class ConfirmEmail
{
    public static Task<ConfirmOutcome> Run(Db db, string token, DateTimeOffset now) => db.Write<ConfirmOutcome>(async tx =>
    {
        var link = await EmailLink.Find(tx, token, "signup");
        if (link is null) return new ConfirmOutcome.NotGood();
        var known = await tx.One<Person>(Person.Sql.ByEmail, new { EmailLower = Person.Lower(link.Email) });
        if (link.UsedAt is not null) return known is null ? new ConfirmOutcome.NotGood() : new ConfirmOutcome.AlreadyConfirmed();
        if (!link.IsGood(now) || !await EmailLink.Use(tx, token, now)) return new ConfirmOutcome.NotGood();
        var person = await CreatePerson.Run(
            tx,
            new NewPerson(link.Email, link.FullName)
            {
                PasswordHash = link.PasswordHash,
                AgeConfirmedAt = link.CreatedAt,
                Ip = link.Ip,
                UserAgent = link.UserAgent,
            },
            now);
        if (person is not { } created) return new ConfirmOutcome.AlreadyConfirmed();
        await EmailLink.EndOthers(tx, link.Email, now);
        var account = await CreateAccount.Run(tx, link.FullName, created, now);
        var entry = new AuditEntry("identity.signed_up") { AccountId = account, PersonId = created, Resource = created.Value };
        await tx.Record(entry with { After = new { link.Email, link.FullName } }, now);
        return new ConfirmOutcome.Confirmed(created, account);
    });
}
