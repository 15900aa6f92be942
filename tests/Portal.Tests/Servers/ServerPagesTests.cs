using System.Net;
using Portal.Servers;
using Xunit;

namespace Portal.Tests.Servers;

public sealed class ServerPagesTests
{
    [Fact]
    public async Task The_list_starts_empty_and_then_shows_every_server_with_its_state()
    {
        await using var portal = await ServerCustomers.StartSelling();
        using var browser = await portal.SignUpWithBillingAsync("Asha Rao");
        var empty = await browser.Get("/servers");
        Assert.Contains("No servers yet", empty.Words, StringComparison.Ordinal);
        Assert.Empty(empty.Html.QuerySelectorAll(".pager"));

        await browser.Order(("Input.Hostname", "unpaid"));
        var server = await portal.Buy(browser, ("Input.Hostname", "coming"));
        await portal.Become(await portal.Buy(browser, ("Input.Hostname", "there")), "running");

        var words = (await browser.Get("/servers")).Words;
        Assert.Contains("unpaid Waiting for payment", words, StringComparison.Ordinal);
        Assert.Contains("coming Being created", words, StringComparison.Ordinal);
        Assert.Contains("there Running 203.0.113.7", words, StringComparison.Ordinal);
        Assert.Contains("Being created", (await browser.Get($"/servers/{server}")).Words, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_list_is_searched_by_name_and_address_and_downloaded_as_a_file()
    {
        await using var portal = await ServerCustomers.StartSelling();
        using var browser = await portal.SignUpWithBillingAsync("Asha Rao");
        await portal.Become(await portal.Buy(browser, ("Input.Hostname", "shop-front")), "running");
        await portal.Buy(browser, ("Input.Hostname", "database"));

        Assert.DoesNotContain("database", (await browser.Get("/servers?q=SHOP")).Words, StringComparison.Ordinal);
        Assert.Contains("shop-front", (await browser.Get("/servers?q=203.0.113")).Words, StringComparison.Ordinal);
        Assert.Contains("No server matches", (await browser.Get("/servers?q=100%25")).Words, StringComparison.Ordinal);

        var file = await (await browser.SendGet("/servers.csv")).Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.Equal(3, file.Split("\r\n", StringSplitOptions.RemoveEmptyEntries).Length);
        Assert.Contains(",shop-front,shop-front,running,203.0.113.7,s2,blr,Debian 12,no,", file, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_list_is_paged_by_key_in_both_directions()
    {
        await using var portal = await ServerCustomers.StartSelling();
        using var browser = await portal.SignUpWithBillingAsync("Asha Rao");
        var first = await portal.Buy(browser, ("Input.Hostname", "oldest"));
        await portal.Db.Write(async tx =>
        {
            for (var i = 0; i < ServerList.PageLength; i++)
                await tx.Execute(Sql.Copy, new { From = first, ServerId = Database.Id.New<ServerId>(DateTimeOffset.UtcNow), Line = $"orl_{i}" });
        });

        var newest = await browser.Get("/servers");
        Assert.Equal(ServerList.PageLength, newest.Html.QuerySelectorAll("tbody tr").Length);
        var older = await browser.Get(newest.Html.QuerySelector("a[rel=next]")!.GetAttribute("href")!);
        Assert.Single(older.Html.QuerySelectorAll("tbody tr"));
        Assert.Null(older.Html.QuerySelector("a[rel=next]"));
        var back = await browser.Get(older.Html.QuerySelector("a[rel=prev]")!.GetAttribute("href")!);
        Assert.Equal(newest.Words.Replace("Previous", ""), back.Words.Replace("Previous", ""));
    }

    [Fact]
    public async Task Nobody_sees_or_touches_a_server_of_another_account()
    {
        await using var portal = await ServerCustomers.StartSelling();
        using var asha = await portal.SignUpWithBillingAsync("Asha Rao");
        using var vikram = await portal.SignUpWithBillingAsync("Vikram Shah");
        var server = await portal.Buy(asha);
        await portal.Become(server, "running");
        var page = await asha.Get($"/servers/{server}");

        Assert.Equal(HttpStatusCode.NotFound, (await vikram.Get($"/servers/{server}")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await vikram.SendGet($"/servers/{server}/events")).StatusCode);
        Assert.DoesNotContain("web-1", (await vikram.Get("/servers")).Words, StringComparison.Ordinal);
        var request = Browser.Fill(page, $"/servers/{server}?handler=power", ("action", "stop"));
        Assert.NotEqual(HttpStatusCode.SeeOther, (await vikram.Send(request)).StatusCode);
        Assert.Equal(0, await portal.Db.One<int>(Sql.Switches));
    }

    [Fact]
    public async Task A_double_click_switches_once_and_is_shown_as_pending()
    {
        await using var portal = await ServerCustomers.StartSelling();
        using var browser = await portal.SignUpWithBillingAsync("Asha Rao");
        var server = await portal.Buy(browser);
        await portal.Become(server, "running");
        var page = await browser.Get($"/servers/{server}");

        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => browser.Submit(page, $"/servers/{server}?handler=power", ("action", "restart"))));

        Assert.Equal(1, await portal.Db.One<int>(Sql.Switches));
        Assert.Equal("""{"action":"restart"}""", await portal.Db.One<string>(Sql.Input, new { Command = "server.power" }));
        var after = await browser.Get($"/servers/{server}");
        Assert.Contains("Restart: under way", after.Words, StringComparison.Ordinal);
        Assert.NotNull(after.Html.QuerySelector("button[value=restart][disabled]"));
        Assert.Null(page.Html.QuerySelector("button[value=restart][disabled]"));
    }

    [Fact]
    public async Task A_rename_is_checked_and_asked_of_the_worker()
    {
        await using var portal = await ServerCustomers.StartSelling();
        using var browser = await portal.SignUpWithBillingAsync("Asha Rao");
        var server = await portal.Buy(browser);
        await portal.Become(server, "stopped");
        var page = await browser.Get($"/servers/{server}");

        var refused = await browser.Submit(page, $"/servers/{server}?handler=rename", ("label", new string('x', 81)));
        Assert.StartsWith("A name has at most 80 characters", refused.ErrorAt("label"), StringComparison.Ordinal);
        Assert.Equal(new string('x', 81), refused.ValueOf("label"));
        await browser.Submit(page, $"/servers/{server}?handler=rename", ("label", "मुख्य सर्वर"));

        Assert.Contains("मुख्य", System.Text.Json.JsonDocument.Parse((await portal.Db.One<string>(Sql.Input, new { Command = "server.rename" }))!)
            .RootElement.GetProperty("label").GetString()!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Deleting_needs_the_name_typed_and_can_be_undone_while_the_shield_lasts()
    {
        await using var portal = await ServerCustomers.StartSelling();
        using var browser = await portal.SignUpWithBillingAsync("Asha Rao");
        var server = await portal.Buy(browser);
        await portal.Become(server, "running");
        var page = await browser.Get($"/servers/{server}");

        var refused = await browser.Submit(page, $"/servers/{server}?handler=delete", ("confirm", "web-2"));
        Assert.Equal("Type the name exactly as it stands here: web-1", refused.ErrorAt("confirm"));
        Assert.Equal(0, await portal.Db.One<int>(Sql.Deletions));
        await browser.Submit(refused, $"/servers/{server}?handler=delete", ("confirm", "web-1"));
        Assert.Equal(1, await portal.Db.One<int>(Sql.Deletions));

        await portal.Become(server, "deleted", DateTimeOffset.UtcNow.AddDays(3));
        var deleted = await browser.Get($"/servers/{server}");
        Assert.Contains("You can bring it back with all its data until", deleted.Words, StringComparison.Ordinal);
        await browser.Submit(deleted, $"/servers/{server}?handler=undo");
        Assert.Contains("It is being brought back.", (await browser.Get($"/servers/{server}")).Words, StringComparison.Ordinal);

        await portal.Become(server, "deleted", DateTimeOffset.UtcNow.AddSeconds(-1));
        Assert.Null((await browser.Get($"/servers/{server}")).Html.QuerySelector("form[action$=undo]"));
    }

    [Fact]
    public async Task A_failed_delivery_is_told_with_the_reason_and_what_happens_next()
    {
        await using var portal = await ServerCustomers.StartSelling();
        using var browser = await portal.SignUpWithBillingAsync("Asha Rao");
        var server = await portal.Buy(browser);
        await portal.Become(server, "failed");

        var words = (await browser.Get($"/servers/{server}")).Words;

        Assert.Contains("We could not create this server", words, StringComparison.Ordinal);
        Assert.Contains("the whole amount becomes credit in your account", words, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_open_page_hears_of_every_change()
    {
        await using var portal = await ServerCustomers.StartSelling();
        using var browser = await portal.SignUpWithBillingAsync("Asha Rao");
        var server = await portal.Buy(browser);
        var page = await browser.Get($"/servers/{server}");
        var version = page.Html.QuerySelector("[data-version]")!.GetAttribute("data-version");
        using var http = new HttpClient { BaseAddress = portal.Address };
        http.DefaultRequestHeaders.Add("Cookie", string.Join("; ", browser.Cookies.Select(pair => $"{pair.Key}={pair.Value}")));
        using var reader = new StreamReader(await http.GetStreamAsync($"/servers/{server}/events", TestContext.Current.CancellationToken));

        Assert.Equal(version, await Next(reader));
        await portal.Become(server, "running");
        Assert.NotEqual(version, await Next(reader));
    }

    [Theory]
    [InlineData("/servers/srv_nothing")]
    [InlineData("/servers/srv_00000000000000000000000000")]
    [InlineData("/servers/..%2f..%2fetc")]
    public async Task An_address_that_names_no_server_is_not_found(string address)
    {
        await using var portal = await ServerCustomers.StartSelling();
        using var browser = await portal.SignUpAsync("Asha Rao");

        Assert.Equal(HttpStatusCode.NotFound, (await browser.Get(address)).Status);
    }

    private static async Task<string> Next(StreamReader stream)
    {
        while (await stream.ReadLineAsync(TestContext.Current.CancellationToken) is { } line)
            if (line.StartsWith("data: ", StringComparison.Ordinal)) return line["data: ".Length..];
        throw new EndOfStreamException("The stream ended before anything was said.");
    }

    private static class Sql
    {
        public const string Switches = "select count(*) from WorkItem where Command = 'server.power'";

        public const string Deletions = "select count(*) from WorkItem where Command = 'server.delete'";

        public const string Input = "select Input from WorkItem where Command = @Command";

        public const string Copy = """
            insert into ServerOrder (ServerId, AccountId, PersonId, SalesOrderId, SalesOrderLineId, PlanCode, Region, ImageCode, Hostname, Label,
                SshKey, Backups, PlacedAt)
            select @ServerId, AccountId, PersonId, SalesOrderId, @Line, PlanCode, Region, ImageCode, Hostname, Label, SshKey, Backups, PlacedAt
            from ServerOrder
            where ServerId = @From
            """;
    }
}
