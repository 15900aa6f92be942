namespace Journeys;

/// <summary>The pages about people of an account and what they may do.</summary>
public sealed partial class EveryPage
{
    private static readonly Dictionary<string, string[]> OfTeams = new()
    {
        ["/access/refused"] = ["refused"],
        ["/access/ask"] = ["asked"],
        ["/team"] = ["team", "team-alone"],
        ["/team/{person}"] = ["team-person", "team-person-errors"],
        ["/team/{person}/permissions"] = ["team-permissions"],
        ["/team/invitations"] = ["invitations-none", "invitations-errors", "invitations"],
        ["/team/accept"] = ["accept", "accept-expired"],
        ["/team/teams"] = ["teams", "teams-none"],
        ["/team/teams/{team}"] = ["team-of-servers"],
        ["/team/roles"] = ["roles", "roles-errors"],
        ["/approvals"] = ["approvals-none", "approvals"],
        ["/approvals/{approval}"] = ["approval-own", "approval", "approval-approved"],
        ["/team/view-as/end"] = ["view-as", "view-as-end"],
    };

    private async Task Team(Looks asha)
    {
        await See(asha, "team", "/team");
        await OpenRow(asha, "Kiran");
        var kiran = asha.Page.Url;
        await See(asha, "team-person");
        await asha.Press("Give access");
        await See(asha, "team-person-errors");
        await See(asha, "team-permissions", $"{kiran}/permissions");
        await See(asha, "invitations-none", "/team/invitations");
        await asha.Press("Send the invitation");
        await See(asha, "invitations-errors");
        await asha.Page.GetByLabel("E-mail address").FillAsync("vikram.with.a.long.name@contractors.example");
        await asha.Page.GetByLabel("Role").SelectOptionAsync("technical");
        await asha.Page.GetByLabel("Reaches").SelectOptionAsync("account");
        await asha.Press("Send the invitation");
        await See(asha, "invitations");
        await See(asha, "teams", "/team/teams");
        await OpenRow(asha, "Web shop");
        await See(asha, "team-of-servers");
        await See(asha, "roles", "/team/roles");
        await asha.Press("Save the role");
        await See(asha, "roles-errors");
        await asha.Go(kiran);
        await asha.Press("See the portal as they do");
        await See(asha, "view-as", "/servers");
        await See(asha, "view-as-end", "/team/view-as/end");
        await asha.Press("See it as yourself");
    }

    private async Task Kiran(Looks kiran)
    {
        await kiran.SignIn("kiran@textiles.example", DemoHouse.Password);
        await See(kiran, "refused", "/team");
        await kiran.Press("Ask them for it");
        await See(kiran, "asked");
    }

    private async Task Invited(Looks invited)
    {
        await FollowMail(invited, "", "vikram.with.a.long.name@contractors.example");
        await See(invited, "accept");
    }

    private async Task Asks(Looks ravi)
    {
        await ravi.SignIn("ravi@textiles.example", DemoHouse.Password);
        await See(ravi, "approvals-none", "/approvals");
        await AskForServer(ravi);
        await See(ravi, "order-review-asks");
        await ravi.Press("Ask for it");
        await See(ravi, "approval-own");
    }

    private async Task Decides(Looks asha)
    {
        await asha.SignIn("asha@textiles.example", DemoHouse.Password);
        await See(asha, "approvals", "/approvals");
        await OpenRow(asha, "Order the server");
        await See(asha, "approval");
        await asha.Press("Approve ₹");
        await See(asha, "approval-approved");
    }

    /// <summary>Fills in and reviews an order as somebody who may only ask for it.</summary>
    internal static async Task AskForServer(Looks maker)
    {
        var page = maker.Page;
        await maker.Go("/servers/order");
        await page.Locator("[name='Input.Plan'][value=s2]").CheckAsync();
        await page.Locator("[name='Input.Region'][value=blr]").CheckAsync();
        await page.Locator("[name='Input.Image'][value=debian-12]").CheckAsync();
        await page.GetByLabel("Hostname").FillAsync("orders.asha-textiles.example");
        await page.GetByLabel("SSH public key").FillAsync(SshKey);
        await page.Locator("[name='Input.Backups'][value=False]").CheckAsync();
        await maker.Press("Review the order");
        await page.GetByLabel("Why you need it").FillAsync("The shop's orders outgrow the old server.");
    }
}
