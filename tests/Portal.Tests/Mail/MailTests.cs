using System.Text;
using System.Text.Json;
using Database.Objects;
using Portal.Mail;
using Testing;
using Xunit;

namespace Portal.Tests.Mail;

public sealed class MailTests
{
    [Fact]
    public async Task A_mail_is_told_once_however_often_it_is_queued()
    {
        await using var portal = await PortalUnderTest.Start();
        var mail = new NewMail("test:once", portal.NewEmail(), "Once", "Only once.");
        var queued = new List<bool>();
        for (var i = 0; i < 3; i++) queued.Add(await portal.Db.Write(tx => MailRoom.Queue(tx, mail, DateTimeOffset.UtcNow)));

        Assert.Equal([true, false, false], queued);
        await Sent(portal, "test:once");
        Assert.Single(Directory.GetFiles(portal.MailFolder));
    }

    [Fact]
    public async Task A_mail_of_a_change_that_did_not_happen_does_not_exist()
    {
        await using var portal = await PortalUnderTest.Start();
        await Assert.ThrowsAsync<InvalidOperationException>(() => portal.Db.Write(async tx =>
        {
            await MailRoom.Queue(tx, new NewMail("test:undone", portal.NewEmail(), "Undone", "Never."), DateTimeOffset.UtcNow);
            throw new InvalidOperationException("the change fails");
        }));

        Assert.Null(await portal.Db.One<string>(Sql.State, new { Event = "test:undone" }));
    }

    [Fact]
    public async Task The_development_inbox_shows_mails_with_their_links_and_production_has_none()
    {
        await using var portal = await PortalUnderTest.Start();
        using var browser = portal.NewBrowser();
        await browser.Submit(
            await browser.Get("/sign-up"), ("FullName", "Asha Rao"), ("Email", "asha@customers.example.in"), ("Password", PortalUnderTest.Password), ("IsAdult", "true"));

        var inbox = await browser.Get("/dev/mail");
        var mail = await browser.Get(inbox.Html.QuerySelector("main li a")!.GetAttribute("href")!);

        Assert.Equal("Confirm your e-mail address", mail.Title);
        Assert.Contains(mail.Html.QuerySelectorAll("main a"), link => link.TextContent.Contains("/sign-up/confirm?token=", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_real_mail_server_takes_a_mail_with_Hindi_HTML_and_an_attachment_and_the_secret_text_is_wiped()
    {
        var server = Parts.RequireSmtp();
        await using var portal = await PortalUnderTest.Start(Settings(server));
        var (account, email) = ("acc_00000000000000000000000001", $"m{Guid.NewGuid():n}@customers.example.in");
        await using (var file = new MemoryStream(Encoding.ASCII.GetBytes("%PDF-1.7 test"))) await portal.Get<EncryptedObjects>().Put(account, "test/invoice.pdf", file);
        await portal.Db.Write(tx => MailRoom.Queue(
            tx,
            new NewMail("test:real", email, "चालान KA/26-27/000017", "नमस्ते,\n\nyour invoice is attached.")
            {
                Html = "<p>नमस्ते, <b>your invoice</b> is attached.</p>",
                AccountId = account,
                Attachment = new MailAttachment("test/invoice.pdf", "चालान.pdf"),
                IsSecret = true,
            },
            DateTimeOffset.UtcNow));

        var mail = await InInbox(server, email);

        Assert.Equal("चालान KA/26-27/000017", mail.GetProperty("subject").GetString());
        Assert.Contains("नमस्ते", mail.GetProperty("text").GetString(), StringComparison.Ordinal);
        Assert.Contains("<b>your invoice</b>", mail.GetProperty("html").GetString(), StringComparison.Ordinal);
        Assert.Equal("चालान.pdf", mail.GetProperty("attachments")[0].GetProperty("fileName").GetString());
        var headers = mail.GetProperty("headers");
        Assert.Matches("^<mai_[0-9a-v]{26}@", headers.GetProperty("message-id").GetString());
        Assert.Equal("auto-generated", headers.GetProperty("auto-submitted").GetString());
        await Sent(portal, "test:real");
        Assert.Null(await portal.Db.One<string>(Sql.Text, new { Event = "test:real" }));
    }

    [Fact]
    public async Task A_real_mail_server_that_refuses_for_good_is_believed_and_one_that_puts_off_is_asked_again()
    {
        var server = Parts.RequireSmtp();
        await using var portal = await PortalUnderTest.Start(Settings(server));
        await portal.Db.Write(async tx =>
        {
            await MailRoom.Queue(tx, new NewMail("test:refused", "nobody@reject.example", "Refused", "Text"), DateTimeOffset.UtcNow);
            await MailRoom.Queue(tx, new NewMail("test:later", "somebody@defer.example", "Later", "Text"), DateTimeOffset.UtcNow);
        });

        await Wait.Until(async () => await portal.Db.One<string>(Sql.State, new { Event = "test:refused" }) == "refused", "the refusal");
        await Wait.Until(async () => await portal.Db.One<int>(Sql.Attempts, new { Event = "test:later" }) >= 2, "a second try");
        Assert.Equal("queued", await portal.Db.One<string>(Sql.State, new { Event = "test:later" }));
    }

    private static string[] Settings(SmtpPart server) =>
    [
        "Portal:Mail:Kind=smtp", $"Portal:Mail:Host={server.Host}", $"Portal:Mail:Port={server.Port}",
        $"Portal:Mail:User={server.User}", $"Portal:Mail:Password={server.Password}",
    ];

    private static async Task<JsonElement> InInbox(SmtpPart server, string email)
    {
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        var address = new UriBuilder(server.Inbox) { Query = $"to.address={email}" }.Uri;
        JsonElement found = default;
        await Wait.Until(
            async () =>
            {
                using var document = JsonDocument.Parse(await http.GetStringAsync(address));
                if (document.RootElement.GetArrayLength() == 0) return false;
                found = document.RootElement[0].Clone();
                return true;
            },
            "the mail to arrive");
        return found;
    }

    private static Task Sent(PortalUnderTest portal, string name) =>
        Wait.Until(async () => await portal.Db.One<string>(Sql.State, new { Event = name }) == "sent", "the mail to be sent");

    private static class Sql
    {
        public const string State = "select State from MailMessage where Event = @Event";

        public const string Text = "select TextBody from MailMessage where Event = @Event";

        public const string Attempts = """
            select w.Attempts
            from WorkItem w
                join MailMessage m on m.Id = w.Resource
            where m.Event = @Event
            """;
    }
}
