namespace Journeys;

public sealed partial class EveryPage
{
    private async Task Staff(Looks staff)
    {
        await staff.SignIn("staff@kaveri.example", DemoHouse.Password);
        await See(staff, "operations", "/operations");
        await See(staff, "operations-audit", "/operations/audit");
        await See(staff, "operations-staff", "/operations/staff");
        await staff.Press("Invite");
        await See(staff, "operations-staff-errors");
        await ProgramsOfTheAccount.WalkHouse(staff, (name, path) => See(staff, name, path));
        await See(staff, "companies-vouch", "/operations/company-sign-in");
        await See(staff, "looking-nowhere", "/operations/looking");
        await See(staff, "operations-accounts", "/operations/accounts");
        await See(staff, "operations-accounts-none", "/operations/accounts?q=nobody-is-called-so");
        await staff.Go("/operations/accounts?q=asha");
        await OpenRow(staff, "sha");
        await See(staff, "operations-account");
        await staff.Press("Look into the account");
        await See(staff, "operations-account-errors");
        await staff.Page.GetByLabel("Why you must look").FillAsync("Ticket 4711: the invoice shows another address");
        await staff.Press("Look into the account");
        await See(staff, "servers-looked-into");
        await See(staff, "staff-access", "/accounts/staff-access");
        await See(staff, "looking", "/operations/looking");
        await staff.Press("Stop looking");
    }
}
