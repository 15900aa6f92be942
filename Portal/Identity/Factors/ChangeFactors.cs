using Database;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Identity;
using Portal.Audit;
using Portal.Identity.Sessions;
using Portal.Mail;

namespace Portal.Identity.Factors;

/// <summary>What became of a new factor.</summary>
internal abstract record FactorAdded
{
    private FactorAdded()
    {
    }

    /// <param name="Codes">New recovery codes, with the first factor only.</param>
    public sealed record Done(IReadOnlyList<string> Codes) : FactorAdded;

    /// <summary>The person has it already, or as many as are allowed.</summary>
    public sealed record AlreadyThere : FactorAdded;
}

/// <summary>Adds and takes away second factors: each is recorded and told by mail in the same transaction.</summary>
internal sealed class ChangeFactors(Db db, PublicAddress address, IDataProtectionProvider protection, TimeProvider clock)
{
    public static string? NameOf(string? typed) => typed?.Trim() is { Length: > 0 and <= 60 } name && !name.Any(char.IsControl) ? name : null;

    public string Protect(byte[] secret) => Convert.ToBase64String(Totp.Protector(protection).Protect(secret));

    public Task<FactorAdded> AddApp(HttpContext context, byte[] secret, long step) => Add(context, "identity.totp_added", "An authenticator app was added",
        "otp", async (tx, person, now) => await Totp.Add(tx, person.Id, Protect(secret), step, now) ? person.Id.Value : null);

    public Task<FactorAdded> AddPasskey(HttpContext context, UserPasskeyInfo info, string name) => Add(context, "identity.passkey_added", "A passkey was added",
        "hwk", async (tx, person, now) => (await Passkey.Add(tx, person.Id, info, name, now))?.Value);

    public Task RemoveApp(HttpContext context) => Remove(context, "identity.totp_removed", "The authenticator app was removed", null,
        (tx, person) => Totp.Remove(tx, person));

    public Task RemovePasskey(HttpContext context, PasskeyId id) => Remove(context, "identity.passkey_removed", "A passkey was removed", id.Value,
        (tx, person) => Passkey.Remove(tx, person, id));

    public Task<bool> RenamePasskey(HttpContext context, PasskeyId id, string name) => db.Write(async tx =>
    {
        if (!await Passkey.Rename(tx, context.SignedIn().PersonId, id, name)) return false;
        await tx.Record(context.Entry("identity.passkey_renamed", id.Value, after: new { name }), clock.GetUtcNow());
        return true;
    });

    /// <summary>Ten new codes; the old ones are worth nothing from now on.</summary>
    public Task<IReadOnlyList<string>> NewCodes(HttpContext context) => db.Write(async tx =>
    {
        var (person, now) = (await Who(tx, context), clock.GetUtcNow());
        var codes = await RecoveryCodes.Replace(tx, person.Id, now);
        await tx.Record(context.Entry("identity.recovery_codes_made", person.Id.Value), now);
        await MailRoom.Queue(tx, FactorMails.Changed(person, "New recovery codes were made", context, address, now), now);
        return codes;
    });

    private Task<FactorAdded> Add(
        HttpContext context, string action, string words, string amr, Func<Tx, Person, DateTimeOffset, Task<string?>> add) => db.Write<FactorAdded>(async tx =>
    {
        var (person, now) = (await Who(tx, context), clock.GetUtcNow());
        var isFirst = !(await PersonFactors.Of(tx, person.Id)).Any;
        if (await add(tx, person, now) is not { } resource) return new FactorAdded.AlreadyThere();
        await tx.Record(context.Entry(action, resource), now);
        await MailRoom.Queue(tx, FactorMails.Changed(person, words, context, address, now), now);
        // who has just set it up has just shown it
        var signedIn = context.SignedIn();
        await PortalSession.Prove(
            tx, SessionId.From(signedIn.SessionId), new Proof(now, Proof.Join([.. signedIn.Amr.Split(' '), amr], twoFactors: true)));
        return new FactorAdded.Done(isFirst ? await RecoveryCodes.Replace(tx, person.Id, now) : []);
    });

    // the last factor takes the recovery codes along: they stand in for nothing then
    private Task Remove(HttpContext context, string action, string words, string? resource, Func<Tx, PersonId, Task<bool>> remove) => db.Write(async tx =>
    {
        var (person, now) = (await Who(tx, context), clock.GetUtcNow());
        if (!await remove(tx, person.Id)) return;
        if (!(await PersonFactors.Of(tx, person.Id)).Any) await RecoveryCodes.Remove(tx, person.Id);
        await tx.Record(context.Entry(action, resource ?? person.Id.Value), now);
        await MailRoom.Queue(tx, FactorMails.Changed(person, words, context, address, now), now);
    });

    private static async Task<Person> Who(Tx tx, HttpContext context) =>
        await tx.One<Person>(Person.Sql.ById, new { Id = context.SignedIn().PersonId })
        ?? throw new InvalidOperationException("A closed person is signed in.");
}
