using Database;

namespace Portal.Identity.Factors;

/// <summary>A try to sign in as somebody, as they see it.</summary>
internal sealed record RecentSignIn
{
    public const int Most = 20;

    public string State { get; init; } = "";

    public string? Method { get; init; }

    public string Ip { get; init; } = "";

    public string UserAgent { get; init; } = "";

    public DateTimeOffset AttemptedAt { get; init; }

    public string Words => (State, Method) switch
    {
        ("passed", "unlock") => "Unlocked by mail",
        ("passed", "totp") => "App's code accepted",
        ("passed", "recovery") => "Recovery code accepted",
        ("passed", "passkey") => "Passkey accepted",
        ("passed", _) => "Password accepted",
        ("refused", _) => "Refused: too many tries",
        (_, "totp") => "Wrong code",
        (_, "recovery") => "Wrong recovery code",
        (_, "passkey") => "Passkey refused",
        _ => "Wrong password",
    };

    public static Task<IReadOnlyList<RecentSignIn>> Of(Db db, PersonId person, string email) => db.Query<RecentSignIn>(Sql.Of, new
    {
        EmailHash = Secrets.Hash(Person.Lower(email)),
        FactorHash = SignInAttempt.FactorHash(person),
        First = 1,
        Last = Most,
    });

    internal static class Sql
    {
        public const string Of = """
            select State, Method, Ip, UserAgent, AttemptedAt
            from (
                select State, Method, Ip, UserAgent, AttemptedAt, row_number() over (order by AttemptedAt desc, Id desc) as Place
                from SignInAttempt
                where EmailHash in (@EmailHash, @FactorHash)
            ) as Numbered
            where Place between @First and @Last
            order by Place
            """;
    }
}
