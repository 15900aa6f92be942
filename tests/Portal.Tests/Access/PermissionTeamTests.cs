using System.Net;
using Portal.Access;
using Portal.Tests.Api;
using Portal.Tests.Servers;
using Testing;
using Xunit;

namespace Portal.Tests.Access;

public sealed class PermissionTeamTests
{
    [Fact]
    public async Task An_owner_gives_changes_and_takes_access_on_the_persons_page()
    {
        await using var portal = await PortalUnderTest.Start();
        var (account, owner, asha) = await portal.OpenAccount("Asha");
        var (person, ravi) = await portal.Join(account, "Ravi", null);
        Assert.Equal(HttpStatusCode.Forbidden, (await ravi.Get("/servers")).Status);
        var page = await asha.Get($"/team/{person}");
        Assert.Contains("No access", page.Words, StringComparison.Ordinal);
        var wrong = await asha.Submit(page, $"/team/{person}?handler=give", ("Input.Role", "technical"), ("Input.Limit", "lots"));
        Assert.Equal("Choose what the role reaches.", wrong.ErrorAt("Input.Scope"));
        Assert.NotNull(wrong.ErrorAt("Input.Limit"));
        var given = await asha.Submit(
            wrong, $"/team/{person}?handler=give", ("Input.Scope", "account"), ("Input.Limit", "5,000.50"), ("Input.LastDay", "2099-03-31"));
        Assert.Contains("₹5,000.50", given.Words, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await ravi.Get("/servers")).Status);
        Assert.Contains("Technical on the whole account", (await asha.Get($"/team/{person}/permissions")).Words, StringComparison.Ordinal);

        var taken = await asha.Submit(given, $"/team/{person}?handler=take");
        Assert.Equal(HttpStatusCode.Forbidden, (await ravi.Get("/servers")).Status);
        Assert.Contains("₹5,000.50", (await asha.Submit(taken, $"/team/{person}?handler=back")).Words, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await ravi.Get("/servers")).Status);
        var own = await asha.Get($"/team/{owner}");
        var stays = await asha.Submit(own, $"/team/{owner}?handler=take");
        Assert.Contains("Somebody must own the account", stays.Words, StringComparison.Ordinal);
        Assert.Equal(3, await portal.Db.One<int>(Sql.Events, new { AccountId = account }));
    }

    [Fact]
    public async Task An_account_is_handed_over_and_its_old_owner_leaves()
    {
        await using var portal = await PortalUnderTest.Start();
        var (account, owner, asha) = await portal.OpenAccount("Asha");
        var (person, ravi) = await portal.Join(account, "Ravi", "viewer");
        var must = await asha.Submit(await asha.Get("/accounts"), "/accounts?handler=leave", ("confirm", "Asha's company"));
        Assert.Contains("Hand it over to somebody else first", must.Words, StringComparison.Ordinal);
        var page = await asha.Get($"/team/{person}");
        var typo = await asha.Submit(page, $"/team/{person}?handler=handover", ("confirm", "Asha"));
        Assert.NotNull(typo.ErrorAt("confirm"));
        await asha.Submit(typo, $"/team/{person}?handler=handover", ("confirm", "Asha's company"));
        var grants = await AccessGrant.OfAccount(portal.Db, account);
        Assert.Equal(person.Value, Assert.Single(grants, grant => grant.IsOwner).HolderId);
        Assert.Contains(grants, grant => grant.HolderId == owner.Value && grant.RoleCode == "admin");
        await asha.Submit(await asha.Get("/accounts"), "/accounts?handler=leave", ("confirm", "Asha's company"));
        Assert.Equal(HttpStatusCode.Forbidden, (await asha.Get("/servers")).Status);
        Assert.Equal(HttpStatusCode.OK, (await ravi.Get("/servers")).Status);
    }

    [Fact]
    public async Task An_owner_sees_the_portal_as_a_sub_user_and_cannot_change_anything_meanwhile()
    {
        await using var portal = await ServerCustomers.StartSelling();
        var (account, _, asha) = await portal.OpenAccount("Asha");
        await PortalUnderTest.EnterBillingAsync(asha, "Asha");
        var mine = await portal.Buy(asha, ("Input.Hostname", "web-mine"));
        await portal.Buy(asha, ("Input.Hostname", "web-other"));
        await portal.Become(mine, "running");
        var (person, ravi) = await portal.Join(account, "Ravi", "technical", AccessPeople.On(mine.Value));
        await asha.Submit(await asha.Get($"/team/{person}"), $"/team/{person}?handler=viewas");
        var list = await asha.Get("/servers");
        Assert.Contains("You see the account as Ravi", list.Words, StringComparison.Ordinal);
        Assert.Contains("web-mine", list.Words, StringComparison.Ordinal);
        Assert.DoesNotContain("web-other", list.Words, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Forbidden, (await asha.Get("/team")).Status);
        var server = await asha.Get($"/servers/{mine}");
        Assert.DoesNotContain("Restart", server.Words, StringComparison.Ordinal);
        using var post = new HttpRequestMessage(HttpMethod.Post, $"/servers/{mine}?handler=power")
        {
            Content = new FormUrlEncodedContent(
            [
                KeyValuePair.Create("action", "stop"),
                KeyValuePair.Create("__RequestVerificationToken", list.Html.QuerySelector("input[name='__RequestVerificationToken']")!.GetAttribute("value")!),
            ]),
        };
        Assert.Equal(HttpStatusCode.Forbidden, (await asha.Send(post)).StatusCode);
        Assert.Equal("Team", (await asha.Submit(list, "/team/view-as/end")).Title);
        Assert.Contains("web-other", (await asha.Get("/servers")).Words, StringComparison.Ordinal);

        // the same cookie in another's hands is nothing
        ravi.Cookies["__Host-view-as"] = "ses_00000000000000000000000000.per_00000000000000000000000000";
        Assert.DoesNotContain("You see the account as", (await ravi.Get("/servers")).Words, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_is_refused_asks_by_a_button_and_who_can_give_it_gets_one_mail()
    {
        await using var portal = await PortalUnderTest.Start();
        var (account, _, asha) = await portal.OpenAccount("Asha");
        var (person, ravi) = await portal.Join(account, "Ravi", "viewer");
        for (var twice = 0; twice < 2; twice++)
        {
            var asked = await ravi.Submit(await ravi.Get("/servers/order"), "/access/ask");
            Assert.Contains("Asha got a mail", asked.Words, StringComparison.Ordinal);
        }

        var mail = await portal.MailTo(PortalUnderTest.EmailOf("Asha"));
        Assert.Contains("Order servers (servers.order)", mail, StringComparison.Ordinal);
        Assert.Contains($"/team/{person}", mail, StringComparison.Ordinal);
        Assert.Equal(1, await portal.Db.One<int>(Sql.Mails, new { Recipient = PortalUnderTest.EmailOf("Asha") }));
        Assert.Equal(HttpStatusCode.OK, (await asha.Get($"/team/{person}")).Status);
    }

    [Fact]
    public async Task Teams_and_own_roles_are_made_on_pages_and_reach_whoever_is_in_them()
    {
        await using var portal = await ServerCustomers.StartSelling();
        var (account, _, asha) = await portal.OpenAccount("Asha");
        await PortalUnderTest.EnterBillingAsync(asha, "Asha");
        var server = await portal.Buy(asha);
        await portal.Become(server, "running");
        var (person, ravi) = await portal.Join(account, "Ravi", null);
        var team = await asha.Submit(await asha.Get("/team/teams"), "/team/teams", ("Name", "Web shop"), ("Kind", "department"));
        Assert.Equal("Web shop", team.Title);
        var here = team.Address.AbsolutePath;
        Assert.Contains("a team of this name already", (await asha.Submit(await asha.Get("/team/teams"), "/team/teams", ("Name", "web SHOP"), ("Kind", "team"))).Words, StringComparison.Ordinal);
        await asha.Submit(team, $"{here}?handler=add", ("person", person.Value));
        await asha.Submit(await asha.Get($"/servers/{server}"), $"/servers/{server}?handler=place", ("team", here[^30..]), ("tags", "env:prod web"));
        var roles = await asha.Submit(await asha.Get("/team/roles"), "/team/roles", ("Name", "Switcher"), ("Codes", Permissions.ServersRead), ("Codes", Permissions.ServersPower));
        var role = roles.Html.QuerySelector("a[href^='/team/roles?change=']")!.GetAttribute("href")!.Split('=', '#')[1];
        await asha.Submit(await asha.Get(here), $"{here}?handler=give", ("Input.Role", role), ("Input.Scope", $"team:{here[^30..]}"));

        var page = await ravi.Get($"/servers/{server}");
        Assert.Contains("Restart", page.Words, StringComparison.Ordinal);
        Assert.DoesNotContain("Delete server", page.Words, StringComparison.Ordinal);
        await asha.Submit(await asha.Get($"/team/roles?change={role}"), "/team/roles?handler=retire");
        Assert.Equal(HttpStatusCode.Forbidden, (await ravi.Get($"/servers/{server}")).Status);
    }

    [Fact]
    public async Task Nobody_comes_to_more_than_they_hold_by_way_of_a_team_a_tag_or_an_own_role()
    {
        await using var house = await PermissionHouse.Start();
        var (portal, account) = (house.Portal, house.Account);
        var (manager, ravi) = await portal.Join(account, "Manages people", null);
        await portal.Give(account, manager, await house.Role("Manages people", Permissions.TeamRead, Permissions.TeamManage, Permissions.ServersRead));
        var (team, server) = (house.Id("team"), house.Id("srv"));
        var technical = await portal.Db.Write(tx => GiveAccess.Run(
            tx, account, new NewGrant(team, "technical", new AccessScope(AccessScope.Tag, "web")), null, null, DateTimeOffset.UtcNow));
        Assert.IsType<GiveOutcome.Given>(technical);

        var into = await ravi.Submit(await ravi.Get($"/team/teams/{team}"), $"/team/teams/{team}?handler=add", ("person", manager.Value));
        Assert.Equal(HttpStatusCode.Forbidden, into.Status);
        Assert.Contains("servers.order", into.Words, StringComparison.Ordinal);
        var tagged = await ravi.Submit(await ravi.Get($"/servers/{server}"), $"/servers/{server}?handler=place", ("tags", "web"));
        Assert.Equal(HttpStatusCode.Forbidden, tagged.Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await ravi.Submit(await ravi.Get($"/team/teams/{team}"), $"/team/teams/{team}?handler=close")).Status);
        var role = await house.Role("Power", Permissions.ServersPower);
        Assert.Equal(HttpStatusCode.Forbidden, (await ravi.Submit(await ravi.Get($"/team/roles?change={role}"), "/team/roles?handler=retire")).Status);
        using var program = Customer.With(portal, await PortalUnderTest.AccessTokenAsync(ravi));
        (await program.Send(HttpMethod.Put, $"/team/teams/{team}/members/{manager}")).Refuses(HttpStatusCode.Forbidden, "portal.access.missing_permission");

        // what gives nothing that they lack is theirs to do
        var named = await ravi.Submit(await ravi.Get($"/team/teams/{team}"), $"/team/teams/{team}?handler=rename", ("Name", "Web shop"));
        Assert.Equal("Web shop", named.Title);
        var other = await ravi.Submit(await ravi.Get($"/servers/{server}"), $"/servers/{server}?handler=place", ("tags", "env:prod"));
        Assert.Contains("env:prod", other.Words, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_holds_something_for_a_time_or_up_to_a_sum_gives_it_for_no_longer_and_no_more()
    {
        await using var house = await PermissionHouse.Start();
        var (portal, account) = (house.Portal, house.Account);
        var (contractor, kiran) = await portal.Join(account, "Kiran", null);
        var end = DateTimeOffset.UtcNow.AddDays(5);
        await portal.Give(account, contractor, "admin", expiresAt: end, limit: 5_000_00);
        await portal.Give(account, contractor, await house.Role("Looks", Permissions.ServersRead));
        using var program = Customer.With(portal, await PortalUnderTest.AccessTokenAsync(kiran));
        var own = $"/team/people/{contractor}/grants";
        foreach (var body in (object[])[
            new { role = "admin" }, new { role = "admin", expiresAt = end.AddSeconds(-1) }, new { role = "admin", spendLimitPaise = 1_000_00 },
            new { role = "admin", expiresAt = end.AddSeconds(-1), spendLimitPaise = 5_000_01 }])
        {
            (await program.Post(own, body)).Refuses(HttpStatusCode.Forbidden, "portal.access.missing_permission");
        }

        (await program.Post("/team/roles", new { name = "Mine", permissions = (string[])[Permissions.ServersDelete] }))
            .Refuses(HttpStatusCode.Forbidden, "portal.access.missing_permission");
        var admins = house.Id("team");
        Assert.IsType<GiveOutcome.Given>(await portal.Db.Write(tx => GiveAccess.Run(
            tx, account, new NewGrant(admins, "admin", AccessScope.Whole), null, null, DateTimeOffset.UtcNow)));
        (await program.Send(HttpMethod.Put, $"/team/teams/{admins}/members/{contractor}")).Refuses(HttpStatusCode.Forbidden, "portal.access.missing_permission");
        // within their own time and sum they may
        (await program.Post(own, new { role = "technical", expiresAt = end.AddSeconds(-1), spendLimitPaise = 5_000_00 })).Is(HttpStatusCode.Created);
    }

    [Fact]
    public async Task Who_does_not_hold_everything_cannot_look_as_others_nor_remove_those_whose_teams_hold_more()
    {
        await using var house = await PermissionHouse.Start();
        var (portal, account) = (house.Portal, house.Account);
        var (keeper, meera) = await portal.Join(account, "Meera", null);
        await portal.Give(account, keeper, await house.Role("Keeps the team", Permissions.AccountManage, Permissions.TeamRead, Permissions.TeamManage));
        var (finance, _) = await portal.Join(account, "Finance person", null);
        var team = house.Id("team");
        var given = await portal.Db.Write(async tx =>
        {
            await ChangeTeams.Add(tx, account, new TeamId(team), finance, DateTimeOffset.UtcNow);
            return await GiveAccess.Run(tx, account, new NewGrant(team, "billing", AccessScope.Whole), null, null, DateTimeOffset.UtcNow);
        });
        Assert.IsType<GiveOutcome.Given>(given);
        var page = await meera.Get($"/team/{finance}");
        Assert.DoesNotContain("See the portal as they do", page.Words, StringComparison.Ordinal);
        var session = await portal.Db.One<string>(Sql.Session, new { PersonId = keeper });
        meera.Cookies["__Host-view-as"] = $"{session}.{finance}";
        Assert.DoesNotContain("You see the account as", (await meera.Get("/accounts")).Words, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Forbidden, (await meera.Submit(page, $"/team/{finance}?handler=remove")).Status);
    }

    [Fact]
    public async Task Invoices_are_mailed_to_whoever_reads_and_pays_them()
    {
        await using var portal = await ServerCustomers.StartSelling("Portal:Invoices:MailWaits=00:00:00");
        var (account, _, asha) = await portal.OpenAccount("Asha");
        await PortalUnderTest.EnterBillingAsync(asha, "Asha");
        var (books, _) = await portal.Join(account, "Books", null);
        var (_, _) = await portal.Join(account, "Views", "viewer");
        var team = (await portal.Db.Write(tx => ChangeTeams.Open(tx, account, Team.OfTeam, "Books", DateTimeOffset.UtcNow)))!.Value;
        await portal.Db.Write(tx => ChangeTeams.Add(tx, account, team, books, DateTimeOffset.UtcNow));
        await portal.Db.Write(tx => GiveAccess.Run(tx, account, new NewGrant(team.Value, "billing", AccessScope.Whole), null, null, DateTimeOffset.UtcNow));
        await portal.Buy(asha);
        foreach (var reader in (string[])["Asha", "Books"])
            await Wait.Until(async () => await portal.Db.One<int>(Sql.Mails, new { Recipient = PortalUnderTest.EmailOf(reader) }) == 1, $"the mail to {reader}");
        Assert.Equal(0, await portal.Db.One<int>(Sql.Mails, new { Recipient = PortalUnderTest.EmailOf("Views") }));
    }

    [Fact]
    public async Task The_team_is_run_by_a_program_as_well()
    {
        await using var portal = await PortalUnderTest.Start();
        var (account, _, asha) = await portal.OpenAccount("Asha");
        var (person, _) = await portal.Join(account, "Ravi", "viewer");
        using var program = Customer.With(portal, await PortalUnderTest.AccessTokenAsync(asha));
        Assert.Equal(2, (await program.Get("/team/people")).Is(HttpStatusCode.OK).Json["items"]!.AsArray().Count);
        var grant = (await program.Post($"/team/people/{person}/grants", new { role = "technical", scope = new { kind = "tag", id = "env:prod" } })).Is(HttpStatusCode.Created);
        Assert.Equal("Technical", grant["roleName"]);
        (await program.Post($"/team/people/{person}/grants", new { role = "king" })).Refuses(HttpStatusCode.UnprocessableEntity, "portal.access.invalid_grant");
        (await program.Send(HttpMethod.Delete, $"/team/grants/{grant["id"]}")).Is(HttpStatusCode.NoContent);
        (await program.Send(HttpMethod.Delete, $"/team/grants/{grant["id"]}")).Refuses(HttpStatusCode.NotFound, "portal.access.no_grant");
        var role = (await program.Post("/team/roles", new { name = "Reader", permissions = (string[])["servers.read"] })).Is(HttpStatusCode.Created);
        (await program.Post("/team/roles", new { name = "Odd", permissions = (string[])["servers.fly"] })).Refuses(HttpStatusCode.UnprocessableEntity, "portal.access.invalid_role");
        var team = (await program.Post("/team/teams", new { name = "Shop", kind = "team" })).Is(HttpStatusCode.Created);
        (await program.Send(HttpMethod.Put, $"/team/teams/{team["id"]}/members/{person}")).Is(HttpStatusCode.NoContent);
        Assert.Equal("Web shop", (await program.Send(HttpMethod.Put, $"/team/teams/{team["id"]}", new { name = "Web shop" })).Is(HttpStatusCode.OK).Json["name"]!.GetValue<string>());
        (await program.Post("/team/invitations", new { email = "new@new.example", role = role["id"] })).Is(HttpStatusCode.Created);
        (await program.Post("/team/invitations", new { email = "new@new.example", role = "viewer" })).Refuses(HttpStatusCode.UnprocessableEntity, "portal.accounts.invalid_invitation");
        (await program.Send(HttpMethod.Delete, $"/team/people/{person}")).Is(HttpStatusCode.NoContent);
        Assert.Single((await program.Get("/team/people")).Json["items"]!.AsArray());
    }

    internal static class Sql
    {
        public const string Session = "select Id from PortalSession where PersonId = @PersonId";

        public const string Events = "select count(*) from AuditEvent where AccountId = @AccountId and Action like 'team.%'";

        public const string Mails = "select count(*) from MailMessage where Recipient = @Recipient";
    }
}
