using Database;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Portal.Accounts;
using Portal.Audit;
using Portal.Staff;

namespace Portal.Identity.Companies;

/// <summary>Where staff vouch for a company's domain, or let passwords in again where a company has lost its own provider.</summary>
[Authorize(Policy = StaffMay.Vouch)]
internal sealed class VouchModel(Db db, TimeProvider clock) : PageModel
{
    public const string Path = "/operations/company-sign-in";

    [BindProperty]
    public string? Reason { get; set; }

    public IReadOnlyList<CompanyDomain> Domains { get; private set; } = [];

    public IReadOnlyList<CompanyIssuer> Mandatory { get; private set; } = [];

    public Task OnGet() => Show();

    public Task<IActionResult> OnPostVouch(string? id, string? account) =>
        Do(id, account, (tx, owner, domain, now) => ProveDomain.ByOperator(tx, HttpContext, owner, domain, now));

    public Task<IActionResult> OnPostWithdraw(string? id, string? account) =>
        Do(id, account, (tx, owner, domain, now) => ProveDomain.Remove(tx, HttpContext, owner, domain, Reason, now));

    public async Task<IActionResult> OnPostOpen(string? account)
    {
        if (!Id.TryParse<AccountId>(account, out var owner)) return NotFound();
        if (!HasReason()) return await Again();
        var now = clock.GetUtcNow();
        var opened = await db.Write(async tx =>
        {
            if (await tx.Execute(Sql.Open, new { AccountId = owner, Now = now }) != 1) return false;
            await tx.Record(
                HttpContext.Entry(
                    "identity.companies.open", owner.Value, new { IsMandatory = true }, new { IsMandatory = false }, Reason) with
                {
                    AccountId = owner,
                },
                now);
            return true;
        });
        return opened ? this.SeeOther(Path) : NotFound();
    }

    private async Task<IActionResult> Do(string? id, string? account, Func<Tx, AccountId, CompanyDomainId, DateTimeOffset, Task<bool>> act)
    {
        if (!Id.TryParse<CompanyDomainId>(id, out var domain) || !Id.TryParse<AccountId>(account, out var owner)) return NotFound();
        if (!HasReason()) return await Again();
        var now = clock.GetUtcNow();
        if (await db.Write(tx => act(tx, owner, domain, now))) return this.SeeOther(Path);
        ModelState.AddModelError("", "That domain is proven for another account, or gone meanwhile.");
        return await Again();
    }

    private bool HasReason()
    {
        Reason = Reason?.Trim();
        if (Reason is { Length: > 0 and <= 400 }) return true;
        ModelState.AddModelError(nameof(Reason), "Say why: the customer reads it in their audit.");
        return false;
    }

    private async Task<IActionResult> Again()
    {
        await Show();
        return Page();
    }

    private async Task Show()
    {
        Domains = await CompanyDomain.All(db);
        Mandatory = await db.Query<CompanyIssuer>(Sql.Mandatory);
    }

    internal static class Sql
    {
        public const string Mandatory = """
            -- all accounts: for staff
            select c.Id, c.AccountId, a.Name as AccountName, c.Issuer, c.IsOn, c.IsMandatory, c.ChangedAt
            from CompanyIssuer c
                join Account a on a.Id = c.AccountId
            where c.IsMandatory = 1
            order by a.Name, c.Id
            """;

        public const string Open = """
            update CompanyIssuer
            set IsMandatory = 0, ChangedAt = @Now
            where AccountId = @AccountId
                and IsMandatory = 1
            """;
    }
}
