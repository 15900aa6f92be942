using System.Net;
using System.Text.Json;
using Billing.Prices;
using Xunit;

namespace Portal.Tests.Servers;

public sealed class OrderTests
{
    [Fact]
    public async Task A_customer_orders_a_server_and_sees_the_exact_split_before_paying()
    {
        await using var portal = await ServerCustomers.StartSelling();
        using var browser = await portal.SignUpWithBillingAsync("Asha Rao");

        var review = await browser.Review(("Input.Backups", "True"));
        Assert.Contains("CGST 9 % ₹64.62", review.Words, StringComparison.Ordinal);
        Assert.Contains("SGST 9 % ₹64.62", review.Words, StringComparison.Ordinal);
        Assert.Contains("Total ₹847.24", review.Words, StringComparison.Ordinal);
        Assert.Contains("Place of supply: Karnataka (29)", review.Words, StringComparison.Ordinal);

        var placed = await browser.Place(review);
        Assert.Equal(HttpStatusCode.SeeOther, placed.StatusCode);
        Assert.StartsWith("/pay/ord_", placed.Headers.Location!.ToString(), StringComparison.Ordinal);

        var lines = await portal.Db.Query<Line>(Sql.Lines);
        Assert.Equal(["server.s2", "backup.s2"], lines.Select(line => line.ItemCode));
        Assert.Equal("server.create", lines[0].WorkCommand);
        Assert.Null(lines[1].WorkCommand);
        Assert.Equal(lines[0].WorkResource, lines[1].WorkResource);
        using var spec = JsonDocument.Parse(lines[0].WorkInput!);
        Assert.Equal("web-1", spec.RootElement.GetProperty("hostname").GetString());
        Assert.Equal(2048, spec.RootElement.GetProperty("memoryMib").GetInt32());
        Assert.Equal(lines[0].WorkResource, spec.RootElement.GetProperty("serverId").GetString());
        Assert.Equal(lines[0].Id, spec.RootElement.GetProperty("orderLineId").GetString());
        Assert.Equal(0, await portal.Db.One<int>(Sql.Creations));
    }

    [Fact]
    public async Task A_customer_of_another_State_pays_IGST()
    {
        await using var portal = await ServerCustomers.StartSelling();
        using var browser = await portal.SignUpWithBillingAsync("Vikram Shah", ("Input.StateCode", "27"), ("Input.City", "Mumbai"), ("Input.Pin", "400001"));

        var review = await browser.Review();

        Assert.Contains("IGST 18 % ₹107.82", review.Words, StringComparison.Ordinal);
        Assert.DoesNotContain("CGST", review.Words, StringComparison.Ordinal);
        Assert.Contains("Total ₹706.82", review.Words, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nothing_is_chosen_in_advance()
    {
        await using var portal = await ServerCustomers.StartSelling();
        using var browser = await portal.SignUpWithBillingAsync("Asha Rao");

        var form = await browser.Get("/servers/order");

        Assert.Empty(form.Html.QuerySelectorAll("main input[checked]"));
        Assert.Equal(["s2"], (await browser.Get("/servers/order?plan=s2")).Html.QuerySelectorAll("main input[checked]").Select(box => box.GetAttribute("value")));
    }

    [Fact]
    public async Task Every_wrong_answer_is_told_beside_its_field_and_what_was_typed_stays()
    {
        await using var portal = await ServerCustomers.StartSelling();
        using var browser = await portal.SignUpWithBillingAsync("Asha Rao");

        var page = await browser.Submit(
            await browser.Get("/servers/order"), "/servers/order", ("Input.Plan", "s99"), ("Input.Region", "moon"), ("Input.Image", "dos-6"), ("Input.Hostname", "web_1"),
            ("Input.SshKey", "ssh-ed25519 AAAA <script>"));

        Assert.Equal("This plan is not on sale any more. Choose one from the list.", page.ErrorAt("Input.Plan"));
        Assert.Equal("This region is not on sale any more. Choose one from the list.", page.ErrorAt("Input.Region"));
        Assert.Equal("This image is not on sale any more. Choose one from the list.", page.ErrorAt("Input.Image"));
        Assert.Equal("A hostname has no underscore. Use a hyphen.", page.ErrorAt("Input.Hostname"));
        Assert.StartsWith("The key is damaged", page.ErrorAt("Input.SshKey"), StringComparison.Ordinal);
        Assert.Equal("Say whether you want daily backups.", page.ErrorAt("Input.Backups"));
        Assert.Equal("web_1", page.ValueOf("Input.Hostname"));
        Assert.Equal("ssh-ed25519 AAAA <script>", page.ValueOf("Input.SshKey"));
        Assert.Equal(["Input_Plan", "Input_Region", "Input_Image", "Input_Hostname", "Input_SshKey", "Input_Backups"], page.Summary);
        Assert.All(page.Summary, field => Assert.NotNull(page.Html.GetElementById(field)));
    }

    [Fact]
    public async Task A_plan_that_is_sold_out_in_the_region_is_refused_at_the_form_and_at_the_last_step()
    {
        await using var portal = await ServerCustomers.StartSelling();
        using var browser = await portal.SignUpWithBillingAsync("Asha Rao");

        var page = await browser.Review(("Input.Plan", "s6"), ("Input.Region", "del"));
        Assert.Equal("S6 is sold out in Delhi NCR. Choose another plan or region.", page.ErrorAt("Input.Plan"));

        var review = await browser.Review();
        await portal.Db.Write(tx => Stock.Set(tx, "server.s2", "blr", 0));
        var late = await browser.Submit(review, "/servers/order?handler=place");
        Assert.Equal("S2 is sold out in Bengaluru. Choose another plan or region.", late.ErrorAt("Input.Plan"));
        Assert.Equal("web-1", late.ValueOf("Input.Hostname"));
        Assert.Equal(0, await portal.Db.One<int>(Sql.Orders));
    }

    [Fact]
    public async Task A_price_that_changed_since_the_review_is_shown_and_not_charged()
    {
        await using var portal = await ServerCustomers.StartSelling();
        using var browser = await portal.SignUpWithBillingAsync("Asha Rao");
        var review = await browser.Review();
        await portal.Db.Write(tx => SetPrice.Run(tx, "server.s2", Money.OfRupees(699), new Money(96), counted: true, DateTimeOffset.UtcNow));

        var again = await browser.Submit(review, "/servers/order?handler=place");

        Assert.Contains("The price has changed since you saw it", again.Words, StringComparison.Ordinal);
        Assert.Contains("It was ₹706.82 and is ₹824.82 now.", again.Words, StringComparison.Ordinal);
        Assert.Equal(0, await portal.Db.One<int>(Sql.Orders));
        Assert.Equal(HttpStatusCode.SeeOther, (await browser.Place(again)).StatusCode);
        Assert.Equal(82_482, await portal.Db.One<long>(Sql.Total));
    }

    [Fact]
    public async Task A_form_that_is_sent_twice_makes_one_order_and_a_changed_one_another()
    {
        await using var portal = await ServerCustomers.StartSelling();
        using var browser = await portal.SignUpWithBillingAsync("Asha Rao");
        var review = await browser.Review();

        var answers = await Task.WhenAll(browser.Place(review), browser.Place(review), browser.Place(review));

        Assert.Single(answers.Select(answer => answer.Headers.Location!.ToString()).Distinct());
        Assert.Equal(1, await portal.Db.One<int>(Sql.Orders));
        var form = await browser.Change(review);
        var changed = await browser.Submit(form, "/servers/order", ("Input.Hostname", "web-2"));
        Assert.NotEqual(answers[0].Headers.Location, (await browser.Place(changed)).Headers.Location);
        Assert.Equal(2, await portal.Db.One<int>(Sql.Orders));
    }

    [Fact]
    public async Task Changing_something_after_the_review_loses_nothing()
    {
        await using var portal = await ServerCustomers.StartSelling();
        using var browser = await portal.SignUpWithBillingAsync("Asha Rao");

        var form = await browser.Change(await browser.Review(("Input.Backups", "True")));

        Assert.Equal("web-1", form.ValueOf("Input.Hostname"));
        Assert.Equal(["s2", "blr", "debian-12", "True"], form.Html.QuerySelectorAll("main input[checked]").Select(box => box.GetAttribute("value")));
    }

    [Fact]
    public async Task Without_billing_details_the_page_says_so_first_and_keeps_the_answers()
    {
        await using var portal = await ServerCustomers.StartSelling();
        using var browser = await portal.SignUpAsync("Asha Rao");

        Assert.Contains("Your billing details come first", (await browser.Get("/servers/order")).Words, StringComparison.Ordinal);
        var page = await browser.Review();

        Assert.Contains("Enter your billing details", page.Words, StringComparison.Ordinal);
        Assert.Equal("web-1", page.ValueOf("Input.Hostname"));
    }

    [Fact]
    public async Task A_total_made_up_by_the_sender_orders_nothing()
    {
        await using var portal = await ServerCustomers.StartSelling();
        using var browser = await portal.SignUpWithBillingAsync("Asha Rao");
        var review = await browser.Review();

        var answer = await browser.Send(Browser.Fill(review, "/servers/order?handler=place", ("Total", "100")));

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(0, await portal.Db.One<int>(Sql.Orders));
    }

    private sealed record Line
    {
        public string Id { get; init; } = "";

        public string ItemCode { get; init; } = "";

        public string? WorkCommand { get; init; }

        public string? WorkResource { get; init; }

        public string? WorkInput { get; init; }
    }

    private static class Sql
    {
        public const string Lines = "select Id, ItemCode, WorkCommand, WorkResource, WorkInput from SalesOrderLine order by Position";

        public const string Orders = "select count(*) from ServerOrder";

        public const string Total = "select TotalPaise from SalesOrder";

        public const string Creations = "select count(*) from WorkItem where Command = 'server.create'";
    }
}
