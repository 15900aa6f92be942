namespace Portal.Identity.Companies;

/// <summary>
/// Which sign-in opens which account, as conditions that every read of a session repeats, so that a change holds with the next request:
/// an account whose company sign-in is mandatory opens by that alone; who came in through it comes back through it alone; and it opens
/// no other account of the same person.
/// </summary>
internal static class CompanyRule
{
    // what opens everything else that a person has here
    private static readonly string[] OfPersonAlone = ["/accounts/security", "/accounts/grants"];

    /// <summary>
    /// Whether this page is shut to a session that a company vouches for: it would let the company change how the person signs in elsewhere.
    /// </summary>
    public static bool Shuts(SignedIn signedIn, PathString path) =>
        signedIn.IsByCompany && OfPersonAlone.Any(one => path.StartsWithSegments(one, StringComparison.OrdinalIgnoreCase));

    /// <summary>For <c>PortalSession s left join SessionOrigin o on o.SessionId = s.Id</c>.</summary>
    public const string OfSession = """
        not exists (
                select 1
                from CompanyIssuer ci
                where ci.AccountId = s.AccountId
                    and ci.IsOn = 1
                    and ci.IsMandatory = 1
                    and (o.IssuerKey is null or o.IssuerKey <> ci.Id)
            )
            and not exists (
                select 1
                from CompanyMember cm
                where cm.AccountId = s.AccountId
                    and cm.PersonId = s.PersonId
                    and cm.IsProvisioned = 1
                    and (o.IssuerKey is null or o.IssuerKey <> cm.CompanyIssuerId)
            )
            and (
                o.IssuerKey is null
                or o.IssuerKey in ('portal', 'staff')
                or exists (select 1 from CompanyIssuer ci where ci.Id = o.IssuerKey and ci.AccountId = s.AccountId and ci.IsOn = 1)
            )
        """;

    /// <summary>For <c>TokenGrant g left join SessionOrigin o on o.SessionId = g.SessionId</c>.</summary>
    public const string OfGrant = """
        not exists (
                select 1
                from CompanyIssuer ci
                where ci.AccountId = g.AccountId
                    and ci.IsOn = 1
                    and ci.IsMandatory = 1
                    and (o.IssuerKey is null or o.IssuerKey <> ci.Id)
            )
            and not exists (
                select 1
                from CompanyMember cm
                where cm.AccountId = g.AccountId
                    and cm.PersonId = g.PersonId
                    and cm.IsProvisioned = 1
                    and (o.IssuerKey is null or o.IssuerKey <> cm.CompanyIssuerId)
            )
            and (
                o.IssuerKey is null
                or o.IssuerKey in ('portal', 'staff')
                or exists (select 1 from CompanyIssuer ci where ci.Id = o.IssuerKey and ci.AccountId = g.AccountId and ci.IsOn = 1)
            )
        """;

    /// <summary>For <c>AccountMember m</c> and a password sign-in: accounts that it opens.</summary>
    public const string OpenByPassword = """
        not exists (select 1 from CompanyIssuer ci where ci.AccountId = m.AccountId and ci.IsOn = 1 and ci.IsMandatory = 1)
            and not exists (
                select 1 from CompanyMember cm where cm.AccountId = m.AccountId and cm.PersonId = m.PersonId and cm.IsProvisioned = 1
            )
        """;
}
