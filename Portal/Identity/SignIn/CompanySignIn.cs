using Database;
using Portal.Access;
using Portal.Audit;
using Portal.Identity.Companies;
using Portal.Identity.Sessions;

namespace Portal.Identity.SignIn;

/// <summary>
/// Lets people in whom their company's issuer names, and makes them members the first time. The company decides who they are in its own
/// account and nowhere else: nobody is recognised by an address alone unless the company has proven the domain, and nobody who has
/// anything else here, or who owns the account, unless they have joined the two themselves.
/// </summary>
internal static class CompanySignIn
{
    public static async Task<Recognised> Run(Tx tx, CompanyIssuer company, SignInAnswer answer, DateTimeOffset now)
    {
        var hash = Secrets.Hash($"{company.Id}\n{answer.Subject.Issuer}\n{answer.Subject.Id}");
        var link = await tx.One<Link>(Sql.BySubject, new { company.AccountId, SubjectHash = hash, CompanyIssuerId = company.Id });
        if (link is not null && answer.Joins is { } other && other != link.PersonId) return new SignInOutcome.AddressTaken();

        var (found, refusal) = link is not null ? (link.PersonId, null) : await Recognise(tx, company, answer);
        if (refusal is not null) return refusal;
        var groups = await CompanyGroup.Of(tx, company.AccountId);
        var told = answer.Subject.Claims.Texts(company.GroupsClaim).ToHashSet(StringComparer.Ordinal);
        var role = groups.FirstOrDefault(group => told.Contains(group.GroupName))?.Role ?? company.DefaultRole;

        if (found is { } person && await tx.One<Person>(Person.Sql.ById, new { Id = person }) is null) return new SignInOutcome.Closed();
        var isMember = found is { } known && await tx.One<int>(Sql.Membership, new { company.AccountId, PersonId = known }) > 0;
        if (link is not null && !isMember) return new SignInOutcome.TakenOut(company.AccountName);
        var isOwner = found is { } perhaps && await CompanyRoles.IsOwner(tx, company.AccountId, perhaps);
        if (role is null && !isOwner)
        {
            if (link is not null) await End(tx, company, answer, link.PersonId, now);
            return new SignInOutcome.NoRole(company.AccountName);
        }

        var who = found ?? await Create(tx, answer, now);
        if (who is not { } member) return new SignInOutcome.Closed();
        await Write(tx, company, answer, new Link
        {
            SubjectHash = hash,
            PersonId = member,
            Role = isOwner ? Roles.Owner : role!,
            IsProvisioned = link?.IsProvisioned ?? !isMember,
        }, link, now);
        return Recognised.As(member, company.AccountId);
    }

    // null and no refusal: somebody new
    private static async Task<(PersonId? Person, SignInOutcome? Refusal)> Recognise(Tx tx, CompanyIssuer company, SignInAnswer answer)
    {
        if (answer.Joins is { } joins) return (joins, null);
        var subject = answer.Subject;
        if (!SignUp.EmailAddress.IsGood(subject.Email) || !(subject.EmailVerified ?? company.TrustsEmail))
            return (null, new SignInOutcome.AddressNotVerified());
        if (!await CompanyDomain.Vouches(tx, company, subject.Email)) return (null, new SignInOutcome.NotOfCompany(company.AccountName));
        var known = await tx.One<Person>(Person.Sql.ByEmail, new { EmailLower = Person.Lower(subject.Email) });
        if (known is null) return (null, null);
        var elsewhere = await tx.One<int>(Sql.Elsewhere, new { company.AccountId, PersonId = known.Id });
        var isFree = known.StaffRole is null && elsewhere == 0 && !await CompanyRoles.IsOwner(tx, company.AccountId, known.Id);
        return isFree ? (known.Id, null) : (null, new SignInOutcome.AddressTaken());
    }

    private static Task<PersonId?> Create(Tx tx, SignInAnswer answer, DateTimeOffset now)
    {
        var subject = answer.Subject;
        var name = Texts.Cut(subject.Name is { Length: > 0 } said ? said : subject.Email, 120);
        return CreatePerson.Run(tx, new NewPerson(subject.Email, name) { Ip = answer.Ip, UserAgent = answer.UserAgent }, now);
    }

    private static async Task Write(
        Tx tx, CompanyIssuer company, SignInAnswer answer, Link link, Link? before, DateTimeOffset now)
    {
        await CompanyRoles.Give(tx, company, link.PersonId, link.Role, now);
        var row = new { link.SubjectHash, CompanyIssuerId = company.Id, company.AccountId, link.PersonId, link.Role, link.IsProvisioned, Now = now };
        if (before is null) await tx.Execute(Sql.Add, row);
        else await tx.Execute(Sql.Renew, row);
        if (link.IsProvisioned && answer.Subject.Name is { Length: > 0 } name)
            await tx.Execute(Sql.Rename, new { Id = link.PersonId, FullName = Texts.Cut(name.Trim(), 120) });
        if (before?.Role == link.Role) return;
        await tx.Record(
            CompleteSignIn.Entry(before is null ? "identity.companies.join" : "identity.companies.role", answer, link.PersonId, company.AccountId) with
            {
                Resource = company.Id.Value,
                Before = before is null ? null : new { before.Role },
                After = new { link.Role },
            },
            now);
    }

    // the company has taken the role away: what is still open from before ends too
    private static async Task End(Tx tx, CompanyIssuer company, SignInAnswer answer, PersonId person, DateTimeOffset now)
    {
        await CompanyRoles.Take(tx, company, person, now);
        foreach (var session in await SessionOrigin.Of(tx, answer.Issuer, answer.Subject.Id, null))
        {
            await PortalSession.Revoke(tx, session.PersonId, session.Id, now);
            await tx.Record(
                CompleteSignIn.Entry("identity.session.end", answer, session.PersonId, company.AccountId) with
                {
                    Resource = session.Id.Value,
                    Reason = "The company gives no role any more.",
                },
                now);
        }
    }

    private sealed record Link
    {
        public string SubjectHash { get; init; } = "";

        public PersonId PersonId { get; init; }

        public string Role { get; init; } = "";

        public bool IsProvisioned { get; init; }
    }

    internal static class Sql
    {
        public const string BySubject = """
            select SubjectHash, PersonId, Role, IsProvisioned
            from CompanyMember
            where AccountId = @AccountId
                and SubjectHash = @SubjectHash
                and CompanyIssuerId = @CompanyIssuerId
            """;

        public const string Membership = "select count(*) from AccountMember where AccountId = @AccountId and PersonId = @PersonId";

        public const string Elsewhere = """
            -- all accounts: whether the person has anything besides this account
            select count(*)
            from AccountMember
            where PersonId = @PersonId
                and AccountId <> @AccountId
            """;

        public const string Add = """
            insert into CompanyMember (SubjectHash, CompanyIssuerId, AccountId, PersonId, Role, IsProvisioned, CreatedAt, SignedInAt)
            values (@SubjectHash, @CompanyIssuerId, @AccountId, @PersonId, @Role, @IsProvisioned, @Now, @Now)
            """;

        public const string Renew = """
            update CompanyMember
            set Role = @Role, SignedInAt = @Now
            where AccountId = @AccountId
                and SubjectHash = @SubjectHash
            """;

        public const string Rename = "update Person set FullName = @FullName where Id = @Id and FullName <> @FullName";
    }
}
