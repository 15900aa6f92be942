using Database.Work;
using Portal.Access;
using Portal.Invoices.Printing;

namespace Portal.Invoices;

/// <summary>What the room offers the building: services, options, endpoints, work commands.</summary>
public static class InvoicePagesRoom
{
    /// <summary>Registers the room.</summary>
    public static IServiceCollection AddInvoicePages(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<PrintingOptions>().Bind(configuration.GetSection("Portal:Invoices:Printing"))
            .Validate(options => options.PagesPerRenderer > 0, "Portal:Invoices:Printing:PagesPerRenderer is not positive; set at least 1.")
            .Validate(options => options.PrintWithin > TimeSpan.Zero, "Portal:Invoices:Printing:PrintWithin is not positive; e.g. 00:00:20.")
            .Validate(options => options.StartWithin > TimeSpan.Zero, "Portal:Invoices:Printing:StartWithin is not positive; e.g. 00:00:30.")
            .Validate(options => options.User.Length > 0, "Portal:Invoices:Printing:User is empty; name an unprivileged user, e.g. nobody.")
            .ValidateOnStart();
        services.AddOptions<InvoicePagesOptions>().Bind(configuration.GetSection("Portal:Invoices"))
            .Validate(
                options => options.MailWaits >= TimeSpan.Zero && options.MailWaits <= TimeSpan.FromDays(1),
                "Portal:Invoices:MailWaits is not between 0 and a day; e.g. 00:10:00.")
            .ValidateOnStart();
        services.AddSingleton<Printer>();
        services.AddSingleton<Paper>();
        // a document is owed for ever: it is tried again until it is printed
        services.AddWorkCommand<PrintDocument>(PrintDocument.Command, maxAttempts: int.MaxValue);
        services.AddWorkCommand<MailDocument>(MailDocument.Invoice, maxAttempts: 50);
        services.AddWorkCommand<MailDocument>(MailDocument.CreditNote, maxAttempts: 50);
        return services;
    }

    /// <summary>Maps the room's endpoints.</summary>
    public static void MapInvoicePages(this IEndpointRouteBuilder routes)
    {
        InvoicesApi.Map(routes);
        routes.MapGet("/invoices/{id}/pdf", Downloads.Pdf).Needs(Permissions.BillingRead);
        routes.MapGet("/invoices.csv", Downloads.DocumentsCsv).Needs(Permissions.BillingRead);
        routes.MapGet("/invoices/statement.csv", Downloads.StatementCsv).Needs(Permissions.BillingRead);
        routes.MapGet(Paper.StyleHref, (HttpContext context) =>
        {
            context.Response.Headers.CacheControl = "public, max-age=31536000, immutable";
            return TypedResults.Text(Paper.Style, "text/css");
        }).AllowAnonymous();
    }
}
