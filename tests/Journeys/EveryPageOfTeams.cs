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
        ["/team/view-as/end"] = ["view-as", "view-as-end"],
    };

    private async Task Team(Looks asha)
    {
        await See(asha, "team", "/team");
        await OpenRow(asha, "Kiran");
        var kiran = asha.Page.Url;
        await See(asha, "team-person");
        await asha.Press("Give it");
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
}
