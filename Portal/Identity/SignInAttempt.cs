using Database;

namespace Portal.Identity;

internal readonly record struct SignInAttemptId(string Value) : IId<SignInAttemptId>
{
    public static string Prefix => "att";

    public static SignInAttemptId From(string value) => new(value);

    public override string ToString() => Value;
}

/// <summary>
/// A try to sign in, written down as failed before the password is looked at, so that a hundred tries at once count as a hundred.
/// Addresses nobody has are counted alike: the lock does not tell whether there is somebody.
/// </summary>
internal sealed record SignInAttempt
{
    public static readonly TimeSpan Window = TimeSpan.FromMinutes(15);

    /// <summary>The attempt, or null when this address or this IP has failed too often.</summary>
    public static Task<SignInAttemptId?> Begin(Tx tx, string email, string ip, string userAgent, IdentityOptions options, DateTimeOffset now) =>
        Begin(tx, Secrets.Hash(Person.Lower(email)), "password", [(Window, options.FailuresPerAddress)], ip, userAgent, options, now);

    /// <summary>
    /// The same for a second factor, counted for the person: six digits are few, so that a day has a limit too (a guesser with the
    /// password would otherwise have an even chance within a year).
    /// </summary>
    public static Task<SignInAttemptId?> BeginFactor(
        Tx tx, PersonId person, string method, string ip, string userAgent, IdentityOptions options, DateTimeOffset now) => Begin(
            tx, FactorHash(person), method,
            [(Window, options.FailuresPerFactor), (TimeSpan.FromDays(1), options.FailuresPerFactor * 4)], ip, userAgent, options, now);

    /// <summary>A passkey that names its person itself: only the network is counted.</summary>
    public static Task<SignInAttemptId?> BeginPasskey(Tx tx, string ip, string userAgent, IdentityOptions options, DateTimeOffset now) =>
        Begin(tx, Secrets.Hash("passkey"), "passkey", [], ip, userAgent, options, now);

    /// <summary>Under what the tries at a person's second factor are counted.</summary>
    public static string FactorHash(PersonId person) => Secrets.Hash($"factor:{person}");

    private static async Task<SignInAttemptId?> Begin(
        Tx tx, string hash, string method, (TimeSpan Window, int Most)[] limits, string ip, string userAgent, IdentityOptions options,
        DateTimeOffset now)
    {
        var allowed = await tx.One<int>(Sql.FailuresOfIp, new { Ip = ip, Since = now - Window }) < options.FailuresPerIp;
        foreach (var (window, most) in limits)
            allowed &= await tx.One<int>(Sql.FailuresOfAddress, new { EmailHash = hash, Since = now - window }) < most;
        var id = Id.New<SignInAttemptId>(now);
        var state = allowed ? "failed" : "refused";
        await tx.Execute(Sql.Add, new { Id = id, EmailHash = hash, Method = method, Ip = ip, UserAgent = userAgent, State = state, Now = now });
        return allowed ? id : null;
    }

    /// <summary>Takes a lock off the address and the second factor of whoever followed the link in the mail.</summary>
    public static async Task Forgive(Tx tx, string emailHash, PersonId person, string ip, string userAgent, DateTimeOffset now)
    {
        foreach (var hash in (string[])[emailHash, FactorHash(person)])
        {
            var id = Id.New<SignInAttemptId>(now);
            await tx.Execute(Sql.Add, new { Id = id, EmailHash = hash, Method = "unlock", Ip = ip, UserAgent = userAgent, State = "failed", Now = now });
            await Passed(tx, id, person);
        }
    }

    public static Task Passed(Tx tx, SignInAttemptId id, PersonId person) => tx.Execute(Sql.Passed, new { Id = id, PersonId = person });

    /// <summary>Now it is known whose passkey it was: the person sees it among their sign-ins.</summary>
    public static Task PassedPasskey(Tx tx, SignInAttemptId id, PersonId person) =>
        tx.Execute(Sql.PassedPasskey, new { Id = id, PersonId = person, EmailHash = FactorHash(person) });

    internal static class Sql
    {
        // a success forgives the address, not the IP: an attacker may own one account
        public const string FailuresOfAddress = """
            select count(*)
            from SignInAttempt
            where EmailHash = @EmailHash
                and State = 'failed'
                and AttemptedAt > @Since
                and AttemptedAt > coalesce(
                    (select max(AttemptedAt) from SignInAttempt where EmailHash = @EmailHash and State = 'passed'), @Since)
            """;

        public const string FailuresOfIp = "select count(*) from SignInAttempt where Ip = @Ip and State = 'failed' and AttemptedAt > @Since";

        public const string Add = """
            insert into SignInAttempt (Id, EmailHash, Method, Ip, UserAgent, State, AttemptedAt)
            values (@Id, @EmailHash, @Method, @Ip, @UserAgent, @State, @Now)
            """;

        public const string PassedPasskey = """
            update SignInAttempt
            set State = 'passed', PersonId = @PersonId, EmailHash = @EmailHash
            where Id = @Id
                and State = 'failed'
            """;

        public const string Passed = "update SignInAttempt set State = 'passed', PersonId = @PersonId where Id = @Id and State = 'failed'";
    }
}
