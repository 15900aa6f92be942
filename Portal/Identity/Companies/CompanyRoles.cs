using Database;
using Portal.Access;
using Portal.Accounts;

namespace Portal.Identity.Companies;

/// <summary>
/// The roles that a company's issuer may give. Owner is not among them: who pays and who may close the account is decided here alone.
/// </summary>
internal static class CompanyRoles
{
    public static IReadOnlyList<Role> Offered { get; } = [.. Roles.Ready.Where(role => role.Code != Roles.Owner)];

    public static bool IsOffered(string? code) => Offered.Any(role => role.Code == code);

    /// <summary>Whether the person owns the account: the company has no say about owners.</summary>
    public static async Task<bool> IsOwner(Tx tx, AccountId account, PersonId person) =>
        (await Of(tx, account, person)).Any(grant => grant.IsOwner);

    /// <summary>Makes the person a member and gives the role, in place of what this issuer gave before; what people gave stays.</summary>
    public static async Task Give(Tx tx, CompanyIssuer company, PersonId person, string role, DateTimeOffset now)
    {
        await CreateAccount.Join(tx, company.AccountId, person, "member", now);
        if (role == Roles.Owner) return;
        var given = (await Of(tx, company.AccountId, person)).Where(grant => grant.GivenBy == company.Id.Value).ToList();
        if (given is [var same] && same.RoleCode == role) return;
        foreach (var grant in given) await TakeAccess.Run(tx, company.AccountId, grant.Id, company.Id.Value, taker: null, now);
        var outcome = await GiveAccess.Run(
            tx, company.AccountId, new NewGrant(person.Value, role, AccessScope.Whole), company.Id.Value, giver: null, now);
        if (outcome is not GiveOutcome.Given) throw new InvalidOperationException($"The role {role} could not be given: {outcome}.");
    }

    /// <summary>Takes what this issuer gave, at once.</summary>
    public static async Task Take(Tx tx, CompanyIssuer company, PersonId person, DateTimeOffset now)
    {
        foreach (var grant in (await Of(tx, company.AccountId, person)).Where(grant => grant.GivenBy == company.Id.Value))
            await TakeAccess.Run(tx, company.AccountId, grant.Id, company.Id.Value, taker: null, now);
    }

    private static async Task<IEnumerable<AccessGrant>> Of(Tx tx, AccountId account, PersonId person) =>
        (await tx.Query<AccessGrant>(AccessGrant.Sql.OfHolderAndTeams, new { AccountId = account, HolderId = person.Value }))
            .Where(grant => grant.HolderId == person.Value);
}
