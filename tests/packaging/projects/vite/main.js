import '../page.js'
