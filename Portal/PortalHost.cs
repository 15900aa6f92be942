using Billing.Invoices;
using Billing.Ledger;
using Billing.Orders;
using Billing.Payments;
using Billing.Prices;
using Billing.Subscriptions;
using Billing.Tax;
using Database;
using Database.Audit;
using Database.Telemetry;
using Portal.Access;
using Portal.Accounts;
using Portal.Api;
using Portal.Approvals;
using Portal.Audit;
using Portal.Backups;
using Portal.Catalogue;
using Portal.Demo;
using Portal.Identity;
using Portal.Invoices;
using Portal.Mail;
using Portal.Operations;
using Portal.Payments;
using Portal.Servers;
using Portal.Shell;
using Portal.Staff;

namespace Portal;

/// <summary>The web host: the customers' pages, the JSON API and the work of Billing and Portal.</summary>
public static class PortalHost
{
    /// <summary>Starts the web host, or the verb named by the first argument.</summary>
    public static async Task<int> Run(string[] args)
    {
        if (args is ["razorpay-sandbox", ..]) return await Billing.Payments.Sandbox.RazorpaySandbox.Run(args[1..]);
        if (args is ["demo", .. var demo]) return await WriteDemo.Run(demo);
        if (args is ["verify-documents", .. var rest])
        {
            await using var host = Build(rest);
            return await VerifyDocuments.Print(host.Services.GetRequiredService<Db>(), Console.Out);
        }

        if (args is ["verify-audit", .. var checking])
        {
            var (head, others) = checking is [var first, .. var more] && !first.StartsWith('-') ? (first, more) : (null, checking);
            await using var host = Build(others);
            return await VerifyAudit.Print(host.Services.GetRequiredService<Db>(), Console.Out, head);
        }

        // the first administrator, who invites the others
        if (args is ["staff", var email, var role, .. var settings])
        {
            await using var host = Build(settings);
            return await StaffPeople.Make(host.Services, email, role, Console.Out);
        }

        var app = Build(args);
        await app.Services.GetRequiredService<Migrator>().Migrate();
        await app.RunAsync();
        return 0;
    }

    /// <summary>Builds the host without starting it; <paramref name="clock"/> in place of the machine's.</summary>
    public static WebApplication Build(string[] args, TimeProvider? clock = null)
    {
        var builder = WebApplication.CreateBuilder(args);
        var services = builder.Services;
        var configuration = builder.Configuration;

        if (clock is not null) services.AddSingleton(clock);
        services.AddDatabase(configuration).AddTelemetry(configuration, "portal");
        services.AddTax(configuration).AddPrices(configuration).AddOrders(configuration).AddLedger(configuration)
            .AddInvoices(configuration).AddPayments(configuration).AddSubscriptions(configuration);
        services.AddShell(configuration).AddIdentity(configuration).AddAccess(configuration).AddAccounts(configuration).AddCatalogue(configuration)
            .AddServers(configuration).AddBackups(configuration).AddInvoicePages(configuration).AddMail(configuration)
            .AddApi(configuration).AddOperations(configuration).AddStaff(configuration).AddApprovals(configuration);

        var app = builder.Build();
        app.UseRouteNamesInTraces();
        app.UseAuditSource();
        app.MapHealth();
        app.MapShell();
        app.UseIdentity();
        app.MapIdentity();
        app.MapAccess();
        app.MapAccounts();
        app.MapCatalogue();
        app.MapServers();
        app.MapApprovals();
        app.MapBackups();
        app.MapInvoicePages();
        app.MapMail();
        app.MapPayments();
        app.MapPayPages();
        app.MapApi();
        app.MapOperations();
        app.MapAudit();
        return app;
    }
}
