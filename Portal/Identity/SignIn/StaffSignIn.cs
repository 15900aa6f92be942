using Database;
using Portal.Audit;
using Portal.Identity.Sessions;

namespace Portal.Identity.SignIn;

/// <summary>
/// Lets staff in whom their own issuer names. The role is written anew at each sign-in; who has none any more loses it here and every
/// session with it.
/// </summary>
internal static class StaffSignIn
{
    public static async Task<Recognised> Run(Tx tx, StaffIssuerOptions options, SignInAnswer answer, bool wantsTwo, DateTimeOffset now)
    {
        var subject = answer.Subject;
        var known = await KnownPerson.Find(tx, subject);
        if (known is { ClosedAt: not null }) return new SignInOutcome.Closed();
        if (Role(options, subject) is not { } role)
        {
            if (known is { StaffRole: { } lost }) await Dismiss(tx, answer, known.Id, lost, now);
            return new SignInOutcome.NotStaff();
        }

        if (wantsTwo && !subject.Proof.IsTwoFactors) return new SignInOutcome.OneFactor();
        if (known is not null)
        {
            if (known.StaffRole != role)
            {
                await tx.Execute(Sql.SetRole, new { known.Id, StaffRole = role });
                await tx.Record(
                    CompleteSignIn.Entry("identity.staff_role", answer, known.Id, null) with
                    {
                        Resource = known.Id.Value,
                        Before = new { Role = known.StaffRole },
                        After = new { Role = role },
                    },
                    now);
            }

            return Recognised.As(known.Id, null);
        }

        if (subject.EmailVerified != true || !SignUp.EmailAddress.IsGood(subject.Email)) return new SignInOutcome.AddressNotVerified();
        return await New(tx, answer, role, now) is { } person ? Recognised.As(person, null) : new SignInOutcome.AddressTaken();
    }

    /// <summary>The staff role of whom the issuer speaks; null: none.</summary>
    public static string? Role(StaffIssuerOptions options, Subject subject)
    {
        if (subject.EmailVerified == true
            && options.People.FirstOrDefault(one => Person.Lower(one.Email) == Person.Lower(subject.Email)) is { } person) return person.Role;
        var groups = subject.Claims.Texts(options.GroupsClaim).ToHashSet(StringComparer.Ordinal);
        return options.Groups.FirstOrDefault(one => groups.Contains(one.Group))?.Role;
    }

    private static async Task<PersonId?> New(Tx tx, SignInAnswer answer, string role, DateTimeOffset now)
    {
        var subject = answer.Subject;
        var before = await tx.One<Person>(Person.Sql.ByEmail, new { EmailLower = Person.Lower(subject.Email) });
        PersonId? person = null;
        if (before is null)
        {
            var name = Texts.Cut(subject.Name is { Length: > 0 } said ? said : subject.Email, 120);
            person = await CreatePerson.Run(
                tx,
                new NewPerson(subject.Email, name)
                {
                    Issuer = subject.Issuer, Subject = subject.Id, StaffRole = role, Ip = answer.Ip, UserAgent = answer.UserAgent,
                },
                now);
        }
        else if (before.StaffRole is not null)
        {
            // somebody of staff already, whom the operator's own issuer vouches for; a customer never becomes staff this way
            var joined = await tx.Execute(Sql.Join, new
            {
                before.Id,
                subject.Issuer,
                SubjectHash = CreatePerson.SubjectHash(subject.Issuer, subject.Id),
                StaffRole = role,
            });
            if (joined == 1) person = before.Id;
        }

        if (person is { } found)
        {
            await tx.Record(
                CompleteSignIn.Entry("identity.staff_role", answer, found, null) with
                {
                    Resource = found.Value,
                    Before = before is null ? null : new { Role = before.StaffRole },
                    After = new { Role = role },
                },
                now);
        }

        return person;
    }

    private static async Task Dismiss(Tx tx, SignInAnswer answer, PersonId person, string lost, DateTimeOffset now)
    {
        await tx.Execute(Sql.SetRole, new { Id = person, StaffRole = (string?)null });
        await PortalSession.RevokeAll(tx, person, now);
        await tx.Record(
            CompleteSignIn.Entry("identity.staff_role", answer, person, null) with
            {
                Resource = person.Value,
                Before = new { Role = lost },
                Reason = "The staff issuer names no role.",
            },
            now);
    }

    internal static class Sql
    {
        public const string SetRole = "update Person set StaffRole = @StaffRole where Id = @Id and ClosedAt is null";

        public const string Join = """
            update Person
            set Issuer = @Issuer, SubjectHash = @SubjectHash, StaffRole = @StaffRole
            where Id = @Id
                and SubjectHash is null
                and StaffRole is not null
                and ClosedAt is null
            """;
    }
}
