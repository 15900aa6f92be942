using System.Net;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Portal.Access;
using Portal.Identity.Sessions;
using Portal.Tests.Servers;
using Xunit;

namespace Portal.Tests.Access;

public sealed class PermissionTests
{
    [Fact]
    public async Task A_permission_that_was_taken_is_refused_on_the_next_request_in_every_process()
    {
        await using var portal = await PortalUnderTest.Start();
        var (account, _, _) = await portal.OpenAccount("Asha");
        var (person, here) = await portal.Join(account, "Ravi", null);
        var grant = await portal.Give(account, person, "technical");
        var other = await portal.StartAnother();
        var address = other.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        using var there = new Browser(new Uri(address));
        there.Cookies[SessionHandler.Cookie] = here.Cookies[SessionHandler.Cookie];
        foreach (var browser in (Browser[])[here, there]) Assert.Equal(HttpStatusCode.OK, (await browser.Get("/servers")).Status);

        Assert.IsType<TakeOutcome.Taken>(await portal.Take(account, grant));

        foreach (var browser in (Browser[])[there, here]) Assert.Equal(HttpStatusCode.Forbidden, (await browser.Get("/servers")).Status);
        await other.StopAsync();
        await other.DisposeAsync();
    }

    [Fact]
    public async Task A_refusal_names_the_missing_permission_and_who_can_give_it()
    {
        await using var portal = await PortalUnderTest.Start();
        var (account, _, _) = await portal.OpenAccount("Asha Rao");
        var (_, ravi) = await portal.Join(account, "Ravi", "grievances");
        var page = await ravi.Get("/servers");
        Assert.Equal(HttpStatusCode.Forbidden, page.Status);
        Assert.Equal("You may not do this", page.Title);
        Assert.Contains("servers.read", page.Words, StringComparison.Ordinal);
        Assert.Contains("Asha Rao", page.Words, StringComparison.Ordinal);

        using var program = Api.Customer.With(portal, await PortalUnderTest.AccessTokenAsync(ravi));
        var problem = (await program.Get("/servers")).Refuses(HttpStatusCode.Forbidden, "portal.access.missing_permission");
        Assert.Equal("servers.read", problem["permission"]);
        Assert.Equal("Asha Rao", problem.Json["grantedBy"]![0]!.ToString());
    }

    [Fact]
    public async Task Somebody_with_one_server_sees_one_server_everywhere()
    {
        await using var portal = await ServerCustomers.StartSelling();
        var (account, _, asha) = await portal.OpenAccount("Asha");
        await PortalUnderTest.EnterBillingAsync(asha, "Asha");
        var mine = await portal.Buy(asha, ("Input.Hostname", "web-mine"));
        var other = await portal.Buy(asha, ("Input.Hostname", "web-other"));
        foreach (var server in (Portal.Servers.ServerId[])[mine, other]) await portal.Become(server, "running");
        var (_, ravi) = await portal.Join(account, "Ravi", "viewer", AccessPeople.On(mine.Value));

        foreach (var address in (string[])["/servers", "/servers?q=web", "/servers.csv"])
        {
            var text = (await ravi.Get(address)).Text;
            Assert.Contains("web-mine", text, StringComparison.Ordinal);
            Assert.DoesNotContain("web-other", text, StringComparison.Ordinal);
        }

        Assert.Equal(HttpStatusCode.OK, (await ravi.Get($"/servers/{mine}")).Status);
        foreach (var address in (string[])[$"/servers/{other}", $"/servers/{other}/backups", $"/servers/{other}/events"])
            Assert.Equal(HttpStatusCode.NotFound, (await ravi.Get(address)).Status);

        using var program = Api.Customer.With(portal, await PortalUnderTest.AccessTokenAsync(ravi));
        foreach (var list in (string[])["/servers", "/servers?q=web", "/orders"])
            Assert.Single((await program.Get(list)).Is(HttpStatusCode.OK).Json["items"]!.AsArray());
        (await program.Get($"/servers/{mine}")).Is(HttpStatusCode.OK);
        var hidden = (await program.Get($"/servers/{other}")).Refuses(HttpStatusCode.NotFound, "portal.servers.no_server");
        var unknown = (await program.Get($"/servers/srv_{other.Value[5..]}0")).Refuses(HttpStatusCode.NotFound, "portal.servers.no_server");
        Assert.Equal(unknown["detail"], hidden["detail"]);
        // within reach and yet not allowed: that may be said
        (await program.Post($"/servers/{mine}/actions", new { action = "stop" })).Refuses(HttpStatusCode.Forbidden, "portal.access.missing_permission");
        (await program.Post($"/servers/{other}/actions", new { action = "stop" })).Refuses(HttpStatusCode.NotFound, "portal.servers.no_server");
        (await program.Get("/invoices")).Refuses(HttpStatusCode.Forbidden, "portal.access.missing_permission");
    }

    [Fact]
    public async Task Teams_and_tags_reach_what_is_in_them_now()
    {
        await using var portal = await ServerCustomers.StartSelling();
        var (account, _, asha) = await portal.OpenAccount("Asha");
        await PortalUnderTest.EnterBillingAsync(asha, "Asha");
        var server = (await portal.Buy(asha)).Value;
        var now = DateTimeOffset.UtcNow;
        var team = (await portal.Db.Write(tx => ChangeTeams.Open(tx, account, Team.OfTeam, "Shop", now)))!.Value;
        var (ravi, byTeam) = await portal.Join(account, "Ravi", "viewer", new AccessScope(AccessScope.Team, team.Value));
        var (_, byTag) = await portal.Join(account, "Meera", "viewer", new AccessScope(AccessScope.Tag, "env:prod"));
        foreach (var browser in (Browser[])[byTeam, byTag])
        {
            Assert.Equal(HttpStatusCode.OK, (await browser.Get("/servers")).Status);
            Assert.Equal(HttpStatusCode.NotFound, (await browser.Get($"/servers/{server}")).Status);
        }

        await portal.Db.Write(async tx =>
        {
            await ChangeTeams.Put(tx, account, server, team, now);
            await Tags.Set(tx, account, server, ["env:prod"], now);
        });
        foreach (var browser in (Browser[])[byTeam, byTag])
        {
            Assert.Equal(HttpStatusCode.OK, (await browser.Get($"/servers/{server}")).Status);
            Assert.Contains(server, (await browser.Get("/servers.csv")).Text, StringComparison.Ordinal);
        }

        // a team holds access for its members as well
        var (meera, member) = await portal.Join(account, "Vikram", null);
        Assert.Equal(HttpStatusCode.Forbidden, (await member.Get("/servers")).Status);
        await portal.Db.Write(async tx =>
        {
            await ChangeTeams.Add(tx, account, team, meera, now);
            await GiveAccess.Run(tx, account, new NewGrant(team.Value, "technical", new AccessScope(AccessScope.Team, team.Value)), null, null, now);
        });
        Assert.Contains(server, (await member.Get("/servers.csv")).Text, StringComparison.Ordinal);
        await portal.Db.Write(tx => ChangeTeams.Remove(tx, account, team, meera));
        Assert.Equal(HttpStatusCode.Forbidden, (await member.Get("/servers")).Status);
        await portal.Db.Write(tx => ChangeTeams.Close(tx, account, team, ravi.Value, now));
        Assert.Equal(HttpStatusCode.Forbidden, (await byTeam.Get("/servers")).Status);
    }

    [Fact]
    public async Task An_account_always_keeps_an_owner_even_when_two_give_up_at_once()
    {
        await using var portal = await PortalUnderTest.Start();
        var (account, _, _) = await portal.OpenAccount("Asha");
        var (person, _) = await portal.Join(account, "Ravi", null);
        await portal.Give(account, person, Roles.Owner);
        var owners = (await AccessGrant.OfAccount(portal.Db, account)).Where(grant => grant.IsOwner).ToList();
        Assert.Equal(2, owners.Count);
        var ends = await Task.WhenAll(owners.Select(owner => portal.Take(account, owner.Id)));
        Assert.Single(ends.OfType<TakeOutcome.Taken>());
        Assert.Single(ends.OfType<TakeOutcome.LastOwner>());
    }

    [Fact]
    public async Task Nobody_gives_or_takes_what_they_do_not_hold()
    {
        await using var portal = await PortalUnderTest.Start();
        var (account, _, _) = await portal.OpenAccount("Asha");
        var (admin, _) = await portal.Join(account, "Ravi", "admin");
        var (other, _) = await portal.Join(account, "Meera", "viewer");
        var now = DateTimeOffset.UtcNow;
        var map = await portal.Get<AccessMaps>().Of(account, admin.Value, -1);
        var giver = new RequestAccess(map, null, now);
        Task<GiveOutcome> Give(string role) =>
            portal.Db.Write(tx => GiveAccess.Run(tx, account, new NewGrant(other.Value, role, AccessScope.Whole), admin.Value, giver, now));
        Assert.IsType<GiveOutcome.Given>(await Give("technical"));
        Assert.Equal(Permissions.AccountManage, Assert.IsType<GiveOutcome.BeyondOwn>(await Give(Roles.Owner)).Permission);
        var owner = (await AccessGrant.OfAccount(portal.Db, account)).First(grant => grant.IsOwner);
        Assert.IsType<TakeOutcome.BeyondOwn>(await portal.Db.Write(tx => TakeAccess.Run(tx, account, owner.Id, admin.Value, giver, now)));
    }
}
