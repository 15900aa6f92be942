using Database;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.Options;
using Portal.Audit;
using Portal.Mail;

namespace Portal.Identity.Factors;

/// <summary>What became of a code that was typed.</summary>
internal abstract record FactorOutcome
{
    private FactorOutcome()
    {
    }

    /// <summary>By these values of RFC 8176.</summary>
    public sealed record Right(IReadOnlyList<string> Amr) : FactorOutcome;

    /// <summary>Another code, one that was used before, or none that the person has: never told apart.</summary>
    public sealed record Wrong : FactorOutcome;

    public sealed record Locked : FactorOutcome;
}

/// <summary>Checks second factors within the limits of tries, which are counted for the person whatever factor is tried.</summary>
internal sealed class CheckFactor(
    Db db, IDataProtectionProvider protection, PublicAddress address, Passkeys passkeys, IOptions<IdentityOptions> options, TimeProvider clock)
{
    public Task<FactorOutcome> Code(Person person, string? typed, HttpContext context) => Try(person, "totp", context, async (tx, now) =>
        await tx.One<Totp>(Totp.Sql.Of, new { PersonId = person.Id }) is { } app
        && Totp.StepOf(Totp.Protector(protection).Unprotect(Convert.FromBase64String(app.ProtectedSecret)), typed, now) is { } step
        && await Totp.Use(tx, person.Id, step)
            ? ["otp"]
            : null);

    public Task<FactorOutcome> Recovery(Person person, string? typed, HttpContext context) => Try(person, "recovery", context, async (tx, now) =>
    {
        if (!await RecoveryCodes.Use(tx, person.Id, typed ?? "", now)) return null;
        var left = await RecoveryCodes.Left(tx, person.Id);
        await tx.Record(context.Entry("identity.recovery_code_used", person.Id.Value, after: new { left }) with { PersonId = person.Id }, now);
        await MailRoom.Queue(tx, FactorMails.RecoveryUsed(person, left, context, address, now), now);
        return ["otp"];
    });

    public async Task<FactorOutcome> Passkey(Person person, string? question, string? answer, HttpContext context)
    {
        var found = await passkeys.Check(person, question, answer, context);
        return await Try(person, "passkey", context, (_, _) => Task.FromResult<IReadOnlyList<string>?>(found is null ? null : ["hwk", "user"]));
    }

    private async Task<FactorOutcome> Try(
        Person person, string method, HttpContext context, Func<Tx, DateTimeOffset, Task<IReadOnlyList<string>?>> check)
    {
        var now = clock.GetUtcNow();
        var attempt = await db.Write(tx => SignInAttempt.BeginFactor(tx, person.Id, method, context.Ip(), context.UserAgent(), options.Value, now));
        if (attempt is not { } open)
        {
            await db.Write(tx => Unlock.Mail(tx, person.Email, context, address, options.Value, now));
            return new FactorOutcome.Locked();
        }

        return await db.Write<FactorOutcome>(async tx =>
        {
            if (await check(tx, now) is not { } amr) return new FactorOutcome.Wrong();
            await SignInAttempt.Passed(tx, open, person.Id);
            return new FactorOutcome.Right(amr);
        });
    }
}
