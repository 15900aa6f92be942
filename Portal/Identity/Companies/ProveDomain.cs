using Database;
using Portal.Accounts;
using Portal.Audit;
using Portal.Mail;

namespace Portal.Identity.Companies;

/// <summary>
/// How a company proves that a domain's addresses are its people's: by a mail to an address that only the domain's owner reads, or by
/// the word of staff.
/// </summary>
internal static class ProveDomain
{
    private const int MostDomains = 20;
    private static readonly TimeSpan Pause = TimeSpan.FromMinutes(1);

    // whoever gets an address there is no colleague of whoever has another one
    private static readonly HashSet<string> ForEverybody = new(StringComparer.Ordinal)
    {
        "gmail.com", "googlemail.com", "outlook.com", "hotmail.com", "live.com", "msn.com", "yahoo.com", "yahoo.in", "yahoo.co.in", "ymail.com",
        "rocketmail.com", "icloud.com", "me.com", "mac.com", "aol.com", "gmx.com", "gmx.net", "mail.com", "proton.me", "protonmail.com", "pm.me",
        "zoho.com", "zohomail.com", "zohomail.in", "rediffmail.com", "rediff.com", "in.com", "yandex.com", "fastmail.com", "hey.com", "tutanota.com",
        "tuta.com", "duck.com",
    };

    /// <summary>Null when the mail is on its way, else what is wrong.</summary>
    public static async Task<string?> Ask(
        Tx tx, HttpContext context, CompanyIssuer company, string? typed, string? mailbox, PublicAddress address, TimeSpan length,
        DateTimeOffset now)
    {
        var domain = (typed ?? "").Trim().TrimStart('@').ToLowerInvariant();
        if (!CompanyDomain.IsGood(domain)) return "Enter the part of your addresses after the @, like company.example.";
        if (ForEverybody.Contains(domain)) return $"Anybody can get an address at {domain}, so it cannot stand for one company.";
        if (mailbox is null || !CompanyDomain.Owners.Contains(mailbox)) return "Choose the address that the proof goes to.";
        var args = new { company.AccountId, Domain = domain };
        if (await tx.One<int>(Sql.Elsewhere, args) > 0) return $"{domain} belongs to another account here. Write to support if it is yours.";
        var all = await tx.Query<CompanyDomain>(CompanyDomain.Sql.OfAccount, args);
        var known = all.FirstOrDefault(one => one.Domain == domain);
        if (known is { VerifiedAt: not null }) return $"{domain} is proven already.";
        if (known is null && all.Count >= MostDomains) return $"At most {MostDomains} domains.";
        if (known is { MailedTo: not null } && known.AskedAt > now - Pause) return "A mail went out a moment ago. Wait a minute before you ask for another.";

        var token = Secrets.New();
        var id = known?.Id ?? Id.New<CompanyDomainId>(now);
        var to = $"{mailbox}@{domain}";
        await tx.Execute(known is null ? Sql.Add : Sql.AskAgain, new
        {
            Id = id,
            company.AccountId,
            CompanyIssuerId = company.Id,
            Domain = domain,
            MailedTo = to,
            TokenHash = Secrets.Hash(token),
            Now = now,
            ExpiresAt = now + length,
        });
        await MailRoom.Queue(tx, Mail(company, domain, to, address, token), now);
        await tx.Record(context.Entry("identity.companies.domain_ask", id.Value, after: new { Domain = domain, MailedTo = to }), now);
        return null;
    }

    /// <summary>The owner of the domain has read the mail and says yes.</summary>
    public static async Task<bool> ByMail(Tx tx, HttpContext context, string token, DateTimeOffset now) =>
        await CompanyDomain.ByToken(tx, token, now) is { } domain && await Prove(tx, context, domain, "mail", now);

    /// <summary>Staff vouch for it, having looked at papers or a contract.</summary>
    public static async Task<bool> ByOperator(Tx tx, HttpContext context, AccountId account, CompanyDomainId id, DateTimeOffset now) =>
        (await tx.Query<CompanyDomain>(CompanyDomain.Sql.OfAccount, new { AccountId = account })).FirstOrDefault(one => one.Id == id) is
            { VerifiedAt: null } domain && await Prove(tx, context, domain, "operator", now);

    public static async Task<bool> Remove(Tx tx, HttpContext context, AccountId account, CompanyDomainId id, string? reason, DateTimeOffset now)
    {
        var domain = (await tx.Query<CompanyDomain>(CompanyDomain.Sql.OfAccount, new { AccountId = account })).FirstOrDefault(one => one.Id == id);
        if (domain is null || await tx.Execute(Sql.Remove, new { AccountId = account, Id = id }) != 1) return false;
        await tx.Record(
            context.Entry("identity.companies.domain_remove", id.Value, before: new { domain.Domain, domain.VerifiedBy }, reason: reason) with
            {
                AccountId = account,
            },
            now);
        return true;
    }

    private static async Task<bool> Prove(Tx tx, HttpContext context, CompanyDomain domain, string by, DateTimeOffset now)
    {
        if (await tx.Execute(Sql.Prove, new { domain.AccountId, domain.Id, domain.Domain, VerifiedBy = by, Now = now }) != 1) return false;
        await tx.Record(
            context.Entry("identity.companies.domain_prove", domain.Id.Value, after: new { domain.Domain, By = by, domain.MailedTo }) with
            {
                AccountId = domain.AccountId,
            },
            now);
        return true;
    }

    private static NewMail Mail(CompanyIssuer company, string domain, string to, PublicAddress address, string token) =>
        new($"company-domain:{Secrets.Hash(token)}", to, $"May {company.AccountName} sign in everybody at {domain}?", $"""
            Hello,

            {company.AccountName} says that {domain} is its own domain, and wants everybody with an address there to sign in to its account at
            {company.Host}.

            If you look after {domain} and agree, say so here:

            {address.Of(DomainModel.Path + "?token=" + token)}

            If you do not know {company.AccountName}, delete this mail; nothing happens then.
            """)
        {
            IsSecret = true,
        };

    internal static class Sql
    {
        public const string Elsewhere = """
            -- all accounts: a domain stands for one company
            select count(*)
            from CompanyDomain
            where Domain = @Domain
                and AccountId <> @AccountId
                and VerifiedAt is not null
            """;

        public const string Add = """
            insert into CompanyDomain (Id, AccountId, CompanyIssuerId, Domain, MailedTo, TokenHash, AskedAt, ExpiresAt)
            values (@Id, @AccountId, @CompanyIssuerId, @Domain, @MailedTo, @TokenHash, @Now, @ExpiresAt)
            """;

        public const string AskAgain = """
            update CompanyDomain
            set MailedTo = @MailedTo, TokenHash = @TokenHash, AskedAt = @Now, ExpiresAt = @ExpiresAt
            where AccountId = @AccountId
                and Id = @Id
                and VerifiedAt is null
            """;

        public const string Prove = """
            update CompanyDomain
            set VerifiedAt = @Now, VerifiedBy = @VerifiedBy, TokenHash = null
            where AccountId = @AccountId
                and Id = @Id
                and VerifiedAt is null
                and not exists (select 1 from CompanyDomain o where o.Domain = @Domain and o.VerifiedAt is not null)
            """;

        public const string Remove = "delete from CompanyDomain where AccountId = @AccountId and Id = @Id";
    }
}
