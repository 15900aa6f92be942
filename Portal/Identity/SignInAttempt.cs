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
    public static async Task<SignInAttemptId?> Begin(
        Tx tx, string email, string ip, string userAgent, IdentityOptions options, DateTimeOffset now)
    {
        var emailHash = Secrets.Hash(Person.Lower(email));
        var since = now - Window;
        var ofAddress = await tx.One<int>(Sql.FailuresOfAddress, new { EmailHash = emailHash, Since = since });
        var ofIp = await tx.One<int>(Sql.FailuresOfIp, new { Ip = ip, Since = since });
        var allowed = ofAddress < options.FailuresPerAddress && ofIp < options.FailuresPerIp;
        var id = Id.New<SignInAttemptId>(now);
        var state = allowed ? "failed" : "refused";
        await tx.Execute(Sql.Add, new { Id = id, EmailHash = emailHash, Ip = ip, UserAgent = userAgent, State = state, Now = now });
        return allowed ? id : null;
    }

    public static Task Passed(Tx tx, SignInAttemptId id, PersonId person) => tx.Execute(Sql.Passed, new { Id = id, PersonId = person });

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
            insert into SignInAttempt (Id, EmailHash, Ip, UserAgent, State, AttemptedAt)
            values (@Id, @EmailHash, @Ip, @UserAgent, @State, @Now)
            """;

        public const string Passed = "update SignInAttempt set State = 'passed', PersonId = @PersonId where Id = @Id and State = 'failed'";
    }
}
